using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.PubSub;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.State.Sqlite;

namespace McpAspire.Sidecar.Components;

/// <summary>All component types that run in this process, besides middleware and secret stores.</summary>
internal static class EmbeddedTypes
{
    private static readonly EmbeddedType[] _all =
    [
        new("bindings.cron", CronBinding.Create),
        new("bindings.http", HttpBinding.Create),
        new("bindings.localstorage", LocalStorageBinding.Create),
        new("crypto.dapr.jwks", JwksKeys.Create),
        new("crypto.dapr.localstorage", LocalStorageKeys.Create),
        new("pubsub.in-memory", InMemoryPubSub.Create),
        new("state.in-memory", InMemoryStateStore.Create),
        new("state.sqlite", SqliteStateStore.Create),
        new("state.sqlite3", SqliteStateStore.Create),
    ];

    public static bool Have(string type) => Find(type) is not null;

    public static IEmbeddedComponent Create(ComponentSettings settings, EmbeddedHost host, ICollection<string> warnings)
    {
        var component = settings.Component;
        return component.Version == "v1"
            ? Find(component.Type)!.Create(settings, host, warnings)
            : throw new ResourceException(component.Position, $"The component '{component.Name}' ({component.Type}) has version '{component.Version}'; allowed is v1.") { Rule = ProblemRules.ComponentVersion };
    }

    private static EmbeddedType? Find(string type) => Array.Find(_all, known => known.Type.Equals(type, StringComparison.OrdinalIgnoreCase));
}
