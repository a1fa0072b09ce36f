using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Pipeline;

/// <summary>
/// A path as each decoder behind this one may read it. The app decodes what it gets once more, a second sidecar before
/// it once more again, so <c>/%2561dmin</c> can end as <c>/admin</c>. The API reads a plus as a space. The app sees the method of an
/// invocation alone: dots in it do not reach what stands before it.
/// </summary>
internal static class PathLayers
{
    private const int MaxDecodings = 5;
    private const string Api = "/v1.0";
    private const string Invoke = Api + "/invoke/";
    private const string Method = "/method/";

    /// <summary>Whether there is one way to read it.</summary>
    public static bool IsPlain(string path) => !path.Contains('%', StringComparison.Ordinal) && !HasPlus(path);

    /// <summary>The path, then each further decoding of it, cleaned; false when it is encoded too often to see its end.</summary>
    public static bool TryRead(string path, out IReadOnlyList<string> layers)
    {
        var found = new List<string> { path };
        layers = found;
        if (HasPlus(path))
        {
            found.Add(path.Replace('+', ' '));
        }

        for (var decoded = 0; decoded <= MaxDecodings; decoded++)
        {
            var next = RequestTarget.Decode(path, out _);
            if (next == path)
            {
                return true;
            }

            path = next;
            found.Add(RequestTarget.Clean(path));
            if (MethodStart(path) is > 0 and var start)
            {
                found.Add(path[..start] + RequestTarget.Clean(path[(start - 1)..])[1..]);
            }
        }

        return false;
    }

    private static int MethodStart(string path)
        => path.StartsWith(Invoke, StringComparison.Ordinal) && path.IndexOf(Method, Invoke.Length, StringComparison.Ordinal) is >= 0 and var at ? at + Method.Length : 0;

    private static bool HasPlus(string path) => path.Contains('+', StringComparison.Ordinal) && path.StartsWith(Api, StringComparison.Ordinal);
}
