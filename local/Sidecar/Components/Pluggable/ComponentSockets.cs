using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Secrets;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>
/// Which component types other processes offer to one load of resources: <c>state.x</c> is that of the socket <c>x.sock</c>. The folder is
/// read when a component first has a type that is not here, and a socket is asked what it serves when a component names it.
/// </summary>
internal sealed class ComponentSockets
{
    private readonly Lazy<(IReadOnlyDictionary<string, string> Sockets, string Complaint)> _found;

    public ComponentSockets(SocketFolder folder) => _found = new(() => (folder.Sockets(out var complaint), complaint));

    /// <summary>For the warning that a component is left out: empty, or why the folder is not looked at.</summary>
    public string Remark => _found.Value.Complaint is { Length: > 0 } complaint ? $" ({complaint})" : string.Empty;

    /// <summary>Whether a component of that type is another process's: there is a socket of that name, and nothing here has the type.</summary>
    public bool Offer(string type) => PluggableBlocks.Of(type) is not null && !EmbeddedTypes.Have(type) && !SecretStoreFactory.Knows(type) && SocketOf(type) is not null;

    public bool OfferSecretStore(string type) => PluggableBlocks.IsSecretStore(type) && Offer(type);

    /// <summary>The socket's file; null: there is none.</summary>
    public string? SocketOf(string type) => _found.Value.Sockets.GetValueOrDefault(PluggableBlocks.NameOf(type));

    /// <summary>Components that are left out: neither here nor offered.</summary>
    public bool LeaveOut(ComponentResource component) => BuildingBlocks.AreLeftOut(component.Type) && !Offer(component.Type);

    /// <summary>For the refusal of a type that nobody has.</summary>
    public string Hint(string type)
    {
        if (PluggableBlocks.Of(type) is null)
        {
            return string.Empty;
        }

        var (sockets, complaint) = _found.Value;
        return complaint.Length > 0 ? $"; {complaint}"
            : sockets.Count > 0 ? $"; the sockets of components in other processes are {string.Join(", ", sockets.Values.Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(20))}"
            : string.Empty;
    }
}
