namespace McpAspire.IdentityProvider.Realm;

/// <summary>What a realm file asks for and this provider does not do; said at start, by name.</summary>
internal sealed class RealmReport(string file)
{
    private readonly List<string> _unsupported = [];

    public string File { get; } = file;

    /// <summary>Paths in the file that have no effect here.</summary>
    public IReadOnlyList<string> Unsupported => _unsupported;

    public void Ignore(string path) => _unsupported.Add(path);

    /// <summary>Stops the start: ignoring this would make the realm weaker than its author meant.</summary>
    public RealmFileException Refuse(string path, string problem) => new(File, path, problem);
}
