namespace Aspire.Hosting.ApplicationModel;

/// <summary>A network: the local engine knows only the machine's own.</summary>
public record NetworkIdentifier(string Value);

/// <summary>The networks that have a name.</summary>
public static class KnownNetworkIdentifiers
{
    /// <summary>The machine's own network.</summary>
    public static readonly NetworkIdentifier LocalhostNetwork = new("localhost");
}
