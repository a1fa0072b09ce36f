using System.Globalization;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>The environment contract: Keycloak's own variable names, and the section <c>IdentityProvider</c>.</summary>
internal sealed record ProviderOptions
{
    public required int HttpPort { get; init; }

    public required int ManagementPort { get; init; }

    /// <summary>Scheme, host and port of every URL this provider writes, the issuer included.</summary>
    public required string Hostname { get; init; }

    public required IReadOnlySet<string> Features { get; init; }

    public required string RealmPath { get; init; }

    public string? DataPath { get; init; }

    /// <summary>With so many registrations an initial access token is written to the data folder at start; 0: none is.</summary>
    public int InitialAccessTokenCount { get; init; }

    public bool AllowProduction { get; init; }

    public static ProviderOptions Read(IConfiguration configuration)
    {
        var port = ReadPort(configuration, "KC_HTTP_PORT", 8080);
        var management = ReadPort(configuration, "KC_HTTP_MANAGEMENT_PORT", 9000);
        if (port == management)
        {
            throw new StartupException($"KC_HTTP_PORT and KC_HTTP_MANAGEMENT_PORT are both {port}; two different ports are needed.");
        }

        var section = configuration.GetSection("IdentityProvider");
        var data = NotEmpty(section["DataPath"]) is { } folder ? Path.GetFullPath(folder) : null;
        return new ProviderOptions
        {
            HttpPort = port,
            ManagementPort = management,
            Hostname = ReadHostname(configuration["KC_HOSTNAME"], port),
            Features = ReadFeatures(configuration["KC_FEATURES"]),
            RealmPath = Path.GetFullPath(NotEmpty(section["RealmPath"]) ?? Path.Combine(AppContext.BaseDirectory, "realm", "mcp-realm.json")),
            DataPath = data,
            InitialAccessTokenCount = ReadTokenCount(section["InitialAccessTokenCount"], data),
            AllowProduction = ReadBool(section["AllowProduction"], "IdentityProvider__AllowProduction"),
        };
    }

    private static int ReadPort(IConfiguration configuration, string name, int otherwise)
        => NotEmpty(configuration[name]) is not { } text ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port
            : throw new StartupException($"{name} is \"{text}\"; a port from 1 to 65535 is allowed.");

    private static string ReadHostname(string? value, int port)
    {
        if (NotEmpty(value) is not { } text)
        {
            return $"http://localhost:{port}";
        }

        // Keycloak also takes a bare host name.
        var address = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}:{port}";
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
               && uri is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
            ? address.TrimEnd('/')
            : throw new StartupException($"KC_HOSTNAME is \"{text}\"; a URL of scheme, host and port is allowed, such as http://localhost:8080.");
    }

    private static IReadOnlySet<string> ReadFeatures(string? value)
    {
        var features = (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        return features.FirstOrDefault(feature => !Hosting.Features.All.Contains(feature)) is { } unknown
            ? throw new StartupException($"KC_FEATURES holds \"{unknown}\"; allowed are {string.Join(" and ", Hosting.Features.All)}.")
            : features;
    }

    private static int ReadTokenCount(string? value, string? data)
    {
        const string Name = "IdentityProvider__InitialAccessTokenCount";
        if (NotEmpty(value) is not { } text)
        {
            return 0;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 1000)
        {
            throw new StartupException($"{Name} is \"{text}\"; a number from 0 to 1000 is allowed.");
        }

        return count == 0 || data is not null
            ? count
            : throw new StartupException($"{Name} needs IdentityProvider__DataPath, the folder that the token is written to.");
    }

    private static bool ReadBool(string? value, string name)
        => NotEmpty(value) is { } text && (bool.TryParse(text, out var flag) ? flag : throw new StartupException($"{name} is \"{text}\"; true or false is allowed."));

    private static string? NotEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
