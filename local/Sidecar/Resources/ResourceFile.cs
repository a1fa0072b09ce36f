namespace McpAspire.Sidecar.Resources;

/// <summary>One file as it was read, or why it could not be.</summary>
internal sealed class ResourceFile : IEquatable<ResourceFile>
{
    private readonly byte[] _content;
    private readonly Exception? _problem;

    private ResourceFile(string path, byte[] content, Exception? problem) => (Path, _content, _problem) = (path, content, problem);

    public string Path { get; }

    public bool Exists { get; private init; }

    public static ResourceFile Read(string path)
    {
        try
        {
            return new ResourceFile(path, File.ReadAllBytes(path), problem: null) { Exists = true };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ResourceFile(path, [], exception) { Exists = File.Exists(path) }; // gone, or not to be read: it is when it comes
        }
    }

    /// <summary>UTF-8, or what a byte order mark says.</summary>
    public string Text()
    {
        if (_problem is { } problem)
        {
            throw new ResourceException(new Position(Path, 0), $"The file cannot be read: {problem.Message}", problem) { Rule = ProblemRules.YamlError };
        }

        using var reader = new StreamReader(new MemoryStream(_content));
        return reader.ReadToEnd();
    }

    public bool Equals(ResourceFile? other) => other is not null && Path == other.Path && _problem is null == other._problem is null && _content.AsSpan().SequenceEqual(other._content);

    public override bool Equals(object? obj) => Equals(obj as ResourceFile);

    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);
}
