namespace McpAspire.IdentityProvider.Hosting;

/// <summary>The realms of this process, by name.</summary>
internal sealed class RealmRegistry(IEnumerable<RealmRuntime> realms)
{
    private readonly Dictionary<string, RealmRuntime> _realms = realms.ToDictionary(realm => realm.Settings.Name);

    public IEnumerable<RealmRuntime> All => _realms.Values;

    public RealmRuntime? Find(string name) => _realms.GetValueOrDefault(name);
}
