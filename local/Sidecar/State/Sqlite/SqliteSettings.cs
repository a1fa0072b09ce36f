using System.Globalization;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.State.Sqlite;

/// <summary>The metadata of <c>state.sqlite</c>.</summary>
internal sealed record SqliteSettings
{
    private static readonly string[] _names =
    [
        "connectionString", "url", "timeout", "timeoutInSeconds", "busyTimeout", "disableWAL", "tableName", "metadataTableName",
        "cleanupInterval", "cleanupIntervalInSeconds", "keyPrefix", "actorStateStore",
    ];

    public required SqliteAddress Address { get; init; }

    /// <summary>Of one operation.</summary>
    public TimeSpan Timeout { get; private init; }

    /// <summary>For a lock of another process; zero: none.</summary>
    public TimeSpan BusyTimeout { get; private init; }

    public string Table { get; private init; } = string.Empty;

    public string MetadataTable { get; private init; } = string.Empty;

    /// <summary>Zero: what has expired stays in the file, unseen.</summary>
    public TimeSpan CleanupInterval { get; private init; }

    public static SqliteSettings Read(ComponentSettings settings, ICollection<string> warnings)
    {
        StateStoreSettings.RefuseOutbox(settings);
        if (settings.Text("primaryEncryptionKey") is not null)
        {
            throw settings.Wrong("primaryEncryptionKey", $"'primaryEncryptionKey' of the component '{settings.Component.Name}' is only for state.in-memory: daprd could not read what this sidecar has encrypted.");
        }

        foreach (var unknown in settings.Unknown(_names))
        {
            warnings.Add(unknown);
        }

        return new SqliteSettings
        {
            Address = SqliteAddress.Read(settings, settings.Text("connectionString") is null ? "url" : "connectionString", warnings),
            Timeout = Duration(settings, ["timeout", "timeoutInSeconds"], TimeSpan.FromSeconds(20), least: TimeSpan.FromSeconds(1)),
            BusyTimeout = Duration(settings, ["busyTimeout"], TimeSpan.FromSeconds(2), least: TimeSpan.Zero),
            Table = Identifier(settings, "tableName", "state"),
            MetadataTable = Identifier(settings, "metadataTableName", "metadata"),
            CleanupInterval = Duration(settings, ["cleanupInterval", "cleanupIntervalInSeconds"], TimeSpan.Zero, least: TimeSpan.Zero),
        };
    }

    /// <summary>As Go writes it; a bare number is seconds.</summary>
    private static TimeSpan Duration(ComponentSettings settings, string[] names, TimeSpan otherwise, TimeSpan least)
    {
        if (settings.Text(names) is not { } text)
        {
            return otherwise;
        }

        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return GoDuration.TryParse(isNumber ? text + "s" : text, out var duration) && duration >= least
            ? duration
            : throw settings.Wrong(names[0], $"'{names[0]}' of the component '{settings.Component.Name}' is '{text}'; allowed is a duration from {least.TotalSeconds:0}s to 1000h such as 500ms, 20s or 1h, or a number of seconds.");
    }

    /// <summary>A name stands in statements as it is, so it may have nothing but letters, digits and underlines.</summary>
    private static string Identifier(ComponentSettings settings, string name, string otherwise)
    {
        var text = settings.Text(name) ?? otherwise;
        return text.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
            ? text
            : throw settings.Wrong(name, $"'{name}' of the component '{settings.Component.Name}' is '{text}'; allowed are letters, digits and underlines.");
    }
}
