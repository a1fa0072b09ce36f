using McpAspire.Sidecar.CommandLine;

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

    /// <summary>Whether daprd answers the group: it goes by rules that name this protocol, and leaves the other one open.</summary>
    public bool IsOpenInDaprd(string name, string protocol)
    {
        var allowed = Allowed.Where(rule => rule.Protocol == protocol).ToArray();
        return !Denied.Any(rule => rule.Protocol == protocol && rule.Names(name, "v1")) && (allowed.Length == 0 || allowed.Any(rule => rule.Names(name, "v1")));
    }
}

/// <summary>A group of the API, such as invoke or metadata.</summary>
internal sealed record ApiRule(string Name, string Version, string Protocol)
{
    public bool IsHttp => Protocol is "http" or "";

    public bool IsGrpc => Protocol is "grpc";

    /// <summary>Groups of Dapr's API. Others pass, since a later Dapr may have more, but not what looks like one of these mistyped.</summary>
    private static readonly string[] _groups =
    [
        "actors", "bindings", "configuration", "conversation", "crypto", "healthz", "invoke", "jobs", "lock", "metadata", "publish", "pubsub", "secrets", "shutdown", "state", "subscribe", "subtlecrypto", "unlock", "unsubscribe",
        "workflows",
    ];

    public static ApiRule Read(YamlMap rule)
    {
        rule.Only("name", "version", "protocol");
        var name = rule.Required("name");
        if (!_groups.Contains(name) && NearestName.Hint(name, _groups) is { Length: > 0 } hint)
        {
            throw new ResourceException(rule.PositionOf("name"), $"'name' of a rule of 'spec.api' is '{name}'{hint}; the rule would have no effect.");
        }

        var protocol = (rule.Text("protocol") ?? string.Empty).ToLowerInvariant();
        return protocol is "" or "http" or "grpc"
            ? new ApiRule(name, rule.Text("version") ?? string.Empty, protocol)
            : throw new ResourceException(rule.PositionOf("protocol"), $"'protocol' of a rule of 'spec.api' is '{rule.Text("protocol")}'; allowed are http and grpc.");
    }

    public bool Covers(string name, string version) => IsHttp && Names(name, version);

    public bool CoversGrpc(string name, string version) => IsGrpc && Names(name, version);

    /// <summary>As in Dapr <c>v1.0-alpha1</c> is another name of <c>v1alpha1</c>.</summary>
    public bool Names(string name, string version)
        => Name == name && (Version.Length == 0 || Version.Replace(".0-", string.Empty, StringComparison.Ordinal).Replace(".0", string.Empty, StringComparison.Ordinal) == version);
}
