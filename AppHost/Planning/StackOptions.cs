using Microsoft.Extensions.Configuration;

namespace McpAspire.AppHost;

/// <summary>The section <c>McpAspire</c>: what a user may force.</summary>
internal sealed record StackOptions
{
    private const string Section = "McpAspire";

    /// <summary><c>keycloak</c>, <c>embedded</c>, or null: decided by what the machine has.</summary>
    public string? Identity { get; init; }

    /// <summary><c>dapr</c>, <c>embedded</c>, or null: decided by what the machine has.</summary>
    public string? Sidecar { get; init; }

    /// <summary>No default port: every port is a free one.</summary>
    public bool OnlyFreePorts { get; init; }

    /// <summary>The console's and the agent's sidecar answer only to their own app.</summary>
    public bool SidecarApiToken { get; init; }

    /// <summary>Where data outlives the run; without it every run starts with the seed data.</summary>
    public string? DataPath { get; init; }

    public static StackOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        return new StackOptions
        {
            Identity = OneOf(section, "Identity", "keycloak", "embedded"),
            Sidecar = OneOf(section, "Sidecar", "dapr", "embedded"),
            OnlyFreePorts = OneOf(section, "Ports", "default", "free") == "free",
            SidecarApiToken = OneOf(section, "SidecarApiToken", "true", "false") == "true",
            DataPath = section["DataPath"] is { Length: > 0 } path ? path : null,
        };
    }

    private static string? OneOf(IConfigurationSection section, string key, params string[] allowed)
    {
        var value = section[key];
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        return Array.Find(allowed, choice => choice.Equals(value, StringComparison.OrdinalIgnoreCase))
            ?? throw new DistributedApplicationException(
                $"{Section}:{key} is '{value}'; allowed are {string.Join(" and ", allowed.Select(choice => $"'{choice}'"))}.");
    }
}
