namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.api</c>: which groups of the API exist; the others answer as unknown routes and methods do.</summary>
internal sealed record ApiAccess(IReadOnlyList<ApiRule> Allowed, IReadOnlyList<ApiRule> Denied)
{
    public static readonly ApiAccess Everything = new([], []);

    public bool IsRestricted => Allowed.Count > 0 || Denied.Count > 0;

    public static ApiAccess Read(YamlMap api)
    {
        api.Only("allowed", "denied");
        return new ApiAccess([.. api.Maps("allowed").Select(ApiRule.Read)], [.. api.Maps("denied").Select(ApiRule.Read)]);
    }

    /// <summary>Whether the group <paramref name="name"/> of a version answers over HTTP.</summary>
    public bool Serves(string name, string version = "v1")
    {
        if (Denied.Any(rule => rule.Covers(name, version)))
        {
            return false;
        }

        var http = Allowed.Where(rule => rule.IsHttp).ToArray();
        return http.Length == 0 || http.Any(rule => rule.Covers(name, version));
    }

    /// <summary>
    /// Whether the group answers over gRPC. Dapr leaves all of it open unless a rule says <c>protocol: grpc</c>; here what
    /// is closed over HTTP is closed, unless such a rule opens it.
    /// </summary>
    public bool ServesGrpc(string name, string version = "v1")
    {
        if (Denied.Any(rule => rule.CoversGrpc(name, version)))
        {
            return false;
        }

        return Allowed.Any(rule => rule.IsGrpc) ? Allowed.Any(rule => rule.CoversGrpc(name, version)) : Serves(name, version);
    }
}

/// <summary>A group of the API, such as invoke or metadata.</summary>
internal sealed record ApiRule(string Name, string Version, string Protocol)
{
    public bool IsHttp => Protocol is "http" or "";

    public bool IsGrpc => Protocol is "grpc";

    public static ApiRule Read(YamlMap rule)
    {
        rule.Only("name", "version", "protocol");
        return new ApiRule(rule.Required("name"), rule.Text("version") ?? string.Empty, rule.Text("protocol") ?? string.Empty);
    }

    public bool Covers(string name, string version) => IsHttp && Names(name, version);

    public bool CoversGrpc(string name, string version) => IsGrpc && Names(name, version);

    /// <summary>As in Dapr <c>v1.0-alpha1</c> is another name of <c>v1alpha1</c>.</summary>
    private bool Names(string name, string version)
        => Name == name && (Version.Length == 0 || Version.Replace(".0-", string.Empty, StringComparison.Ordinal).Replace(".0", string.Empty, StringComparison.Ordinal) == version);
}
