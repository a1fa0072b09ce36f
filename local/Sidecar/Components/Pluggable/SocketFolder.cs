using McpAspire.Sidecar.Hosting;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>
/// Where components of other processes have their sockets: what <c>DAPR_COMPONENTS_SOCKETS_FOLDER</c> names, else Dapr's own folder
/// below the one for temporary files, which is looked at only when it is this user's alone: anybody could have made it.
/// </summary>
internal sealed class SocketFolder
{
    public const string Variable = "DAPR_COMPONENTS_SOCKETS_FOLDER";

    private const string Default = "/tmp/dapr-components-sockets";
    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly string _path;
    private readonly bool _isNamed;

    public SocketFolder(string path, bool isNamed) => (_path, _isNamed) = (path, isNamed);

    public static SocketFolder Of(Func<string, string?> environment)
        => environment(Variable) is { Length: > 0 } named ? new SocketFolder(named, isNamed: true) : new SocketFolder(Default, isNamed: false);

    /// <summary>The sockets by the name of what they offer, in lower case; none of a folder that is not looked at.</summary>
    /// <param name="complaint">Why it is not, or empty.</param>
    public IReadOnlyDictionary<string, string> Sockets(out string complaint)
    {
        complaint = string.Empty;
        var sockets = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (OperatingSystem.IsWindows() || !Directory.Exists(_path))
            {
                return sockets;
            }

            if (!_isNamed && !OwnFolder.Is(_path, static mode => (mode & OthersMayWrite) == 0))
            {
                complaint = $"the sockets in {_path} are not looked at: it is a link, somebody else's, or others may write to it; {Variable} can name it, or another folder";
                return sockets;
            }

            foreach (var file in Directory.EnumerateFiles(_path))
            {
                sockets.TryAdd(Path.GetFileNameWithoutExtension(file).ToLowerInvariant(), file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            complaint = $"the sockets in {_path} are not looked at: it cannot be read";
            sockets.Clear();
        }

        return sockets;
    }
}
