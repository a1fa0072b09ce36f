using System.Text;
using McpAspire.Sidecar.Resources;
using Microsoft.AspNetCore.WebUtilities;

namespace McpAspire.Sidecar.State.Sqlite;

/// <summary>
/// Where a database is: a path, <c>:memory:</c>, or a <c>file:</c> URI with parameters of SQLite's (sqlite.org/uri.html)
/// and of the driver that daprd uses (<c>_pragma</c>, <c>_txlock</c>).
/// </summary>
internal sealed class SqliteAddress
{
    private static readonly string[] _ofSqlite = ["vfs", "mode", "cache", "psow", "nolock", "immutable"];

    /// <summary>Those that have a setting of their own, or would not be the store's.</summary>
    private static readonly string[] _forbiddenPragmas = ["busy_timeout", "journal_mode", "foreign_keys"];

    private SqliteAddress(string uri, string? file, bool isMemory, string journal, IReadOnlyList<(string Name, string Value)> pragmas)
        => (Uri, File, IsMemory, Journal, Pragmas) = (uri, file, isMemory, journal, pragmas);

    /// <summary>For SQLite.</summary>
    public string Uri { get; }

    /// <summary>The file that is made when it is not there; null: none is.</summary>
    public string? File { get; }

    public bool IsMemory { get; }

    /// <summary>For <c>journal_mode</c>.</summary>
    public string Journal { get; }

    public IReadOnlyList<(string Name, string Value)> Pragmas { get; }

    public static SqliteAddress Read(ComponentSettings settings, string name, ICollection<string> warnings)
    {
        var text = settings.Text("connectionString", "url")
            ?? throw settings.Wrong("connectionString", $"'connectionString' of the component '{settings.Component.Name}' ({settings.Component.Type}) is missing.");
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var place = query > 0 ? text[..query] : text;
        if (!place.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            place = "file:" + place;
        }

        var isShared = FileOf(place) == ":memory:";
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        var pragmas = new List<(string, string)>();
        foreach (var (key, values) in QueryHelpers.ParseQuery(query > 0 ? text[query..] : null))
        {
            switch (key)
            {
                case "_pragma":
                    pragmas.AddRange(values.Select(value => Pragma(settings, name, value ?? string.Empty)));
                    break;
                case "_txlock":
                    if (!"immediate".Equals(values[0], StringComparison.OrdinalIgnoreCase))
                    {
                        throw settings.Wrong(name, $"'_txlock' in '{name}' of the component '{settings.Component.Name}' is {settings.Quoted(name, values[0])}; allowed is immediate.");
                    }

                    break;
                default:
                    if (_ofSqlite.Contains(key))
                    {
                        parameters[key] = values[0] ?? string.Empty;
                    }
                    else
                    {
                        warnings.Add($"{settings.Component.Position}: {settings.Quoted(name, key)} in '{name}' of the component '{settings.Component.Name}' has no effect in this sidecar.");
                    }

                    break;
            }
        }

        if (isShared)
        {
            parameters["cache"] = "shared";
        }

        var isMemory = isShared || parameters.GetValueOrDefault("mode") == "memory" || parameters.GetValueOrDefault("vfs") == "memdb";
        var isReadOnly = parameters.GetValueOrDefault("mode") == "ro" || parameters.GetValueOrDefault("immutable") == "1";
        var isMade = !isMemory && !isReadOnly && parameters.GetValueOrDefault("mode", "rwc") == "rwc";
        return new SqliteAddress(
            QueryHelpers.AddQueryString(place, parameters!),
            isMade ? FileOf(place) : null,
            isMemory,
            isMemory ? "MEMORY" : isReadOnly || settings.Switch("disableWAL") ? "DELETE" : "WAL",
            pragmas);
    }

    /// <summary><c>name(value)</c> or <c>name=value</c>. A name with the database before it would be another name of a forbidden one.</summary>
    private static (string Name, string Value) Pragma(ComponentSettings settings, string key, string text)
    {
        var parts = text.TrimEnd(')').Split(['(', '='], 2);
        if (parts.Length != 2 || !IsWord(parts[0], "_") || !IsWord(parts[1], "_-."))
        {
            throw settings.Wrong(key, $"'_pragma' in '{key}' of the component '{settings.Component.Name}' is {settings.Quoted(key, text)}; allowed is a name with a word or a number, such as synchronous(1).");
        }

        return _forbiddenPragmas.Contains(parts[0], StringComparer.OrdinalIgnoreCase)
            ? throw settings.Wrong(key, $"found forbidden option '_pragma{(settings.IsSecret(key) ? string.Empty : "=" + parts[0].ToLowerInvariant())}' in '{key}' of the component '{settings.Component.Name}'; use 'busyTimeout' and 'disableWAL', foreign keys there are none.")
            : (parts[0], parts[1]);

        static bool IsWord(string part, string more) => part.Length > 0 && part.All(character => char.IsAsciiLetterOrDigit(character) || more.Contains(character, StringComparison.Ordinal));
    }

    /// <summary>The path of a <c>file:</c> URI, which may have a host that is empty or this one; null: none that this sidecar makes.</summary>
    private static string? FileOf(string uri)
    {
        var path = uri["file:".Length..];
        if (path.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = path.IndexOf('/', 2);
            path = slash < 0 ? string.Empty : path[slash..];
        }

        var fragment = path.IndexOf('#', StringComparison.Ordinal);
        var text = System.Uri.UnescapeDataString(fragment < 0 ? path : path[..fragment]);
        return text.Length == 0 || text.Contains('\0', StringComparison.Ordinal) ? null : text;
    }
}
