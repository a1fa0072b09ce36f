using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Parameters;

/// <summary>Where the configuration keeps the value of a parameter.</summary>
internal static class ParameterValue
{
    public static string Key(string name) => $"Parameters:{name}";

    /// <summary>The configured value. A hyphen may be written as an underscore, since environment variables cannot have one everywhere.</summary>
    public static string? Configured(IConfiguration configuration, string name)
        => configuration[Key(name)] ?? configuration[Key(name.Replace('-', '_'))];

    public static string Missing(string name)
        => $"Parameter '{name}' has no value: set {Key(name)} in the configuration "
            + $"(environment variable {Key(name).Replace(":", "__", StringComparison.Ordinal).Replace('-', '_')}, or dotnet user-secrets).";
}
