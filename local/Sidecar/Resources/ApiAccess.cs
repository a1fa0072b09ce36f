namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.api</c>: which groups of the HTTP API exist; the others answer as unknown routes do.</summary>
internal sealed record ApiAccess(IReadOnlyList<ApiRule> Allowed, IReadOnlyList<ApiRule> Denied)
{
    public static readonly ApiAccess Everything = new([], []);

    public bool IsRestricted => Allowed.Count > 0 || Denied.Count > 0;

    public static ApiAccess Read(YamlMap api)
    {
        api.Only("allowed", "denied");
        return new ApiAccess([.. api.Maps("allowed").Select(ApiRule.Read)], [.. api.Maps("denied").Select(ApiRule.Read)]);
    }

    /// <summary>Whether the group <paramref name="name"/> of version v1.0 answers over HTTP.</summary>
    public bool Serves(string name)
    {
        if (Denied.Any(rule => rule.Covers(name)))
        {
            return false;
        }

        var http = Allowed.Where(rule => rule.IsHttp).ToArray();
        return http.Length == 0 || http.Any(rule => rule.Covers(name));
    }
}

/// <summary>A group of the API, such as invoke or metadata.</summary>
internal sealed record ApiRule(string Name, string Version, string Protocol)
{
    public bool IsHttp => Protocol is "http" or "";

    public static ApiRule Read(YamlMap rule)
    {
        rule.Only("name", "version", "protocol");
        return new ApiRule(rule.Required("name"), rule.Text("version") ?? string.Empty, rule.Text("protocol") ?? string.Empty);
    }

    public bool Covers(string name) => IsHttp && Name == name && (Version is "" or "v1.0" or "v1");
}
