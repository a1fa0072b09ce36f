namespace McpAspire.Sidecar.Resources;

/// <summary>One file as it was read, or why it could not be.</summary>
internal sealed class ResourceFile : IEquatable<ResourceFile>
{
    /// <summary>All of it is held in memory, as text and as a tree.</summary>
    private const int MaxLength = 16 * 1024 * 1024;

    private readonly byte[] _content;
    private readonly Exception? _problem;

    private ResourceFile(string path, byte[] content, Exception? problem) => (Path, _content, _problem) = (path, content, problem);

    public string Path { get; }

    public bool Exists { get; private init; }

    public static ResourceFile Read(string path)
    {
        try
        {
            return new ResourceFile(path, Content(path), problem: null) { Exists = true };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ResourceFile(path, [], exception) { Exists = File.Exists(path) }; // gone, or not to be read: it is when it comes
        }
    }

    /// <summary>Pipes and devices have no length: to open one could take for ever, and hold up every later reload.</summary>
    private static byte[] Content(string path)
    {
        var file = new FileInfo(path);
        var length = (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length;
        return length == 0 ? []
            : length <= MaxLength ? File.ReadAllBytes(path)
            : throw new IOException($"It is longer than {MaxLength} bytes.");
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
