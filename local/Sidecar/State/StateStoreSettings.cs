using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.State;

/// <summary>What the stores of this process have alike.</summary>
internal static class StateStoreSettings
{
    /// <summary>Of what a store keeps in memory, in bytes.</summary>
    public const long DefaultMaxSize = 64 * 1024 * 1024;

    /// <summary>Whether Dapr's actors, and with them its workflows, keep their state there.</summary>
    public static bool IsForActors(ComponentResource component)
        => component.Type.StartsWith("state.", StringComparison.OrdinalIgnoreCase)
           && component.Metadata.Any(value => value.Name.Equals("actorStateStore", StringComparison.OrdinalIgnoreCase) && GoBoolean.Parse(value.Value ?? string.Empty) == true);

    public static void RefuseOutbox(ComponentSettings settings)
    {
        if (settings.Text("outboxPublishPubsub", "outboxPublishTopic") is not null)
        {
            throw new ResourceException(settings.Component.Position, $"The component '{settings.Component.Name}' has an outbox, which is not part of this sidecar: its events would not be published. Use daprd for it.") { Rule = ProblemRules.NotEmbedded };
        }
    }
}
