namespace McpAspire.Sidecar.Invocation;

/// <summary>The verbs that reach an app: the known ones in any case; an unknown one arrives as POST, as behind daprd.</summary>
internal static class Verbs
{
    private static readonly HttpMethod[] _known =
    [
        HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch, HttpMethod.Options, HttpMethod.Head, HttpMethod.Trace,
    ];

    public static HttpMethod ForApp(string verb)
    {
        foreach (var method in _known)
        {
            if (method.Method.Equals(verb, StringComparison.OrdinalIgnoreCase))
            {
                return method;
            }
        }

        return HttpMethod.Post;
    }
}
