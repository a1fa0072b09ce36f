namespace McpAspire.Sidecar.Resources;

/// <summary>A <c>kind: MCPServer</c> document (Dapr 1.18): an MCP server whose tools the app calls as workflows.</summary>
internal sealed record McpServerResource(string Name, IReadOnlyList<string> Scopes, bool IgnoresErrors, Position Position)
{
    /// <summary>Of a call, and of the discovery of the tools.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private static readonly string[] _transports = ["streamableHTTP", "sse", "stdio"];

    /// <summary>Null: it is a process of this machine.</summary>
    public Uri? Url { get; init; }

    /// <summary>The transport of the specification's revision 2024-11-05 instead of Streamable HTTP.</summary>
    public bool IsSse { get; init; }

    /// <summary>Null: what both sides know best.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>Zero: none.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Headers of every request, or variables of the process.</summary>
    public IReadOnlyList<MetadataValue> Values { get; init; } = [];

    public string? SecretStore { get; init; }

    /// <summary>Null: no token is sent.</summary>
    public McpOAuth2? OAuth2 { get; init; }

    public string Command { get; init; } = string.Empty;

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>As Dapr names it in its log, without what may be a secret of the URL.</summary>
    public string LogName => Url is null ? Name : $"{Name} ({Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)})";

    public static McpServerResource Read(YamlMap document)
    {
        document.Only("apiVersion", "kind", "metadata", "scopes", "spec");
        var spec = document.Map("spec")?.Only("catalog", "endpoint", "middleware", "ignoreErrors")
            ?? throw new ResourceException(document.Position, "'spec' is missing.");
        spec.Map("catalog")?.Only("displayName", "description", "owner", "tags", "links");
        var resource = new McpServerResource(ResourceMetadata.NameOf(document), document.Texts("scopes"), IgnoresErrorsOf(document), document.Position);
        RefuseMiddleware(spec);
        var endpoint = spec.Map("endpoint")?.Only(_transports)
            ?? throw new ResourceException(spec.Position, "'spec.endpoint' is missing.") { Rule = ProblemRules.McpServerEndpoint };
        return _transports.Where(endpoint.Has).ToArray() switch
        {
            ["stdio"] => resource.Stdio(endpoint.Map("stdio") ?? throw NoTransport(endpoint)),
            [var http] => resource.Http(endpoint.Map(http) ?? throw NoTransport(endpoint)) with { IsSse = http == "sse" },
            _ => throw NoTransport(endpoint),
        };
    }

    /// <summary>Read by itself: it also says what is to become of a document that cannot be read.</summary>
    public static bool IgnoresErrorsOf(YamlMap document) => document.Map("spec")?.Switch("ignoreErrors", otherwise: false) ?? false;

    public bool IsInScopeOf(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);

    private static ResourceException NoTransport(YamlMap endpoint)
        => new(endpoint.Position, "'spec.endpoint' names not exactly one of streamableHTTP, sse and stdio.") { Rule = ProblemRules.McpServerEndpoint };

    /// <summary>Hooks before a call decide whether it may be made: without them it would be made unasked.</summary>
    private static void RefuseMiddleware(YamlMap spec)
    {
        if (spec.Map("middleware") is { } middleware && middleware.Keys.Any())
        {
            throw new ResourceException(middleware.Position, "'spec.middleware' runs workflows of the app, which are not part of this sidecar: its hooks would not be asked. Use daprd for it.") { Rule = ProblemRules.NotEmbedded };
        }
    }

    private McpServerResource Http(YamlMap http)
    {
        http.Only("url", "protocolVersion", "timeout", "headers", "auth");
        var text = http.Required("url");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            throw new ResourceException(http.PositionOf("url"), $"'url' of the MCPServer '{Name}' is none that is allowed: an absolute http or https URL.")
            {
                Rule = ProblemRules.McpServerEndpoint,
                AsDapr = $"process MCPServer {Name} error: MCPServer \"{Name}\" failed security validation:",
            };
        }

        var auth = http.Map("auth")?.Only("secretStore", "oauth2", "spiffe");
        if (auth?.Has("spiffe") == true)
        {
            throw new ResourceException(auth.PositionOf("spiffe"), "'auth.spiffe' takes an identity of Dapr's sentry, which is not part of this sidecar: calls would be made without it. Use 'auth.oauth2', or daprd.") { Rule = ProblemRules.NotEmbedded };
        }

        return this with
        {
            Url = url,
            ProtocolVersion = http.Text("protocolVersion") is { Length: > 0 } version ? version : null,
            Timeout = GoDuration.Read(http, "timeout", DefaultTimeout),
            Values = [.. http.Maps("headers").Select(MetadataValue.Read)],
            SecretStore = auth?.Text("secretStore") is { Length: > 0 } store ? store : null,
            OAuth2 = auth?.Has("oauth2") == true ? McpOAuth2.Read(auth.Map("oauth2") ?? throw new ResourceException(auth.PositionOf("oauth2"), "'auth.oauth2' has nothing in it: calls would be made without a token.")) : null,
        };
    }

    private McpServerResource Stdio(YamlMap stdio)
    {
        stdio.Only("command", "args", "env");
        var command = stdio.Required("command");
        if (command.Contains('/', StringComparison.Ordinal) && !Path.IsPathRooted(command) && Path.GetRelativePath(".", Path.GetFullPath(command)).StartsWith("..", StringComparison.Ordinal))
        {
            throw new ResourceException(stdio.PositionOf("command"), $"'command' of the MCPServer '{Name}' is '{command}', which is outside the working folder; allowed are a name, an absolute path, and a path below the working folder.") { Rule = ProblemRules.McpServerEndpoint };
        }

        return this with
        {
            Command = command,
            Arguments = stdio.Texts("args"),
            Values = [.. stdio.Maps("env").Select(MetadataValue.Read)],
        };
    }
}

/// <summary>The client credentials grant (RFC 6749 section 4.4) that a token for an MCP server is asked with.</summary>
/// <param name="TokenUrl">Called <c>issuer</c> in the resource; it is the token endpoint.</param>
/// <param name="Secret">Of the client; its name is that of the field.</param>
internal sealed record McpOAuth2(Uri TokenUrl, string ClientId, MetadataValue Secret, IReadOnlyList<string> Scopes, string? Audience)
{
    public static McpOAuth2 Read(YamlMap map)
    {
        map.Only("issuer", "audience", "scopes", "clientID", "secretKeyRef");
        var text = map.Required("issuer");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw map.Wrong("issuer", "the token endpoint, an absolute http or https URL");
        }

        var secret = map.Map("secretKeyRef")?.Only("name", "key")
            ?? throw new ResourceException(map.Position, "'auth.oauth2.secretKeyRef' is missing: it names the client's secret.") { Rule = ProblemRules.SecretMissing };
        var name = secret.Required("name");
        return new McpOAuth2(
            url,
            map.Text("clientID") ?? string.Empty,
            new MetadataValue("secretKeyRef", null, new SecretKeyRef(name, secret.Text("key") is { Length: > 0 } key ? key : name), null, secret.Position),
            map.Texts("scopes"),
            map.Text("audience") is { Length: > 0 } audience ? audience : null);
    }
}
