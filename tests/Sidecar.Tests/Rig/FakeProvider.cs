using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>An identity provider that can fail in every way: refuse, break, lie, be slow, lose its keys.</summary>
internal sealed class FakeProvider : RawServer
{
    public const string Audience = "http://localhost:5200/mcp";

    private int _tokens;

    public FakeProvider(int? port = null)
        : base(port) => Issuer = $"http://127.0.0.1:{Port}";

    public string Issuer { get; set; }

    /// <summary>What discovery says instead of where the keys are.</summary>
    public string? KeySetUrl { get; set; }

    public List<SigningKey> Keys { get; } = [new SigningKey("key-1")];

    public SigningKey Key => Keys[0];

    public TokenBehaviour Behaviour { get; set; } = TokenBehaviour.Good;

    public int? ExpiresIn { get; set; } = 300;

    public bool IssuesRefreshTokens { get; set; }

    public TimeSpan Delay { get; set; }

    /// <summary>The n-th access token this provider issues is this text; "tok-n" unless said otherwise.</summary>
    public Func<int, string> TokenText { get; set; } = static number => $"tok-{number}";

    public IEnumerable<RawRequest> TokenRequests => Requests.Where(request => request.Path == "/token");

    public JsonObject Claims(Action<JsonObject>? change = null)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = "alice",
            ["iat"] = now,
            ["exp"] = now + 300,
        };
        change?.Invoke(claims);
        return claims;
    }

    protected override async Task<bool> AnswerAsync(RawRequest request, RawConnection connection)
    {
        switch (request.Path)
        {
            case "/.well-known/openid-configuration":
                await JsonAsync(connection, "200", new JsonObject { ["issuer"] = Issuer, ["jwks_uri"] = KeySetUrl ?? $"http://127.0.0.1:{Port}/jwks" });
                return true;
            case "/jwks":
                await JsonAsync(connection, "200", new JsonObject { ["keys"] = new JsonArray([.. Keys.Select(key => (JsonNode)key.ToJwk())]) });
                return true;
            case "/token":
                return await TokenAsync(request, connection);
            default:
                await connection.WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
                return true;
        }
    }

    private async Task<bool> TokenAsync(RawRequest request, RawConnection connection)
    {
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, connection.Stopping);
        }

        switch (Behaviour)
        {
            case TokenBehaviour.InvalidScope:
                await JsonAsync(connection, "400", new JsonObject { ["error"] = "invalid_scope", ["error_description"] = request.BodyText });
                return true;
            case TokenBehaviour.UnauthorizedClient:
                await JsonAsync(connection, "401", new JsonObject { ["error"] = "unauthorized_client", ["error_description"] = "Invalid client or Invalid client credentials" });
                return true;
            case TokenBehaviour.InvalidGrant:
                await JsonAsync(connection, "400", new JsonObject { ["error"] = "invalid_grant" });
                return true;
            case TokenBehaviour.Unauthorized:
                await JsonAsync(connection, "401", new JsonObject { ["error"] = "invalid_client" });
                return true;
            case TokenBehaviour.Broken:
                await connection.WriteAsync("HTTP/1.1 500 X\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n<h1>x</h1>");
                return true;
            case TokenBehaviour.NoToken:
                await JsonAsync(connection, "200", new JsonObject { ["token_type"] = "Bearer" });
                return true;
            case TokenBehaviour.Html:
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n<h1>x</h1>");
                return true;
            case TokenBehaviour.NoUnicode:
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{\"access_token\":\"\\ud800\"}");
                return true;
            case TokenBehaviour.ErrorNoUnicode:
                await connection.WriteAsync("HTTP/1.1 400 X\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"error\":\"\\ud800\"}");
                return true;
            case TokenBehaviour.Drop:
                return false;
            case TokenBehaviour.BodyOnly when request.Headers.Value("Authorization") is not null:
                await JsonAsync(connection, "401", new JsonObject { ["error"] = "invalid_client" });
                return true;
            default:
                await JsonAsync(connection, "200", Token(request));
                return true;
        }
    }

    private JsonObject Token(RawRequest request)
    {
        var number = Interlocked.Increment(ref _tokens);
        var token = new JsonObject { ["access_token"] = TokenText(number), ["token_type"] = "Bearer" };
        if (ExpiresIn is { } seconds)
        {
            token["expires_in"] = seconds;
        }

        if (IssuesRefreshTokens)
        {
            token["refresh_token"] = string.Create(CultureInfo.InvariantCulture, $"refresh-{number}");
        }

        if (WebUtility.UrlDecode(request.BodyText.Split('&').FirstOrDefault(pair => pair.StartsWith("scope=", StringComparison.Ordinal))?["scope=".Length..]) is { } scope)
        {
            token["scope"] = scope;
        }

        return token;
    }

    private static Task JsonAsync(RawConnection connection, string status, JsonObject json)
    {
        var text = json.ToJsonString();
        return connection.WriteAsync($"HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {text.Length}\r\n\r\n{text}");
    }
}

internal enum TokenBehaviour
{
    Good,
    InvalidScope,
    InvalidGrant,
    UnauthorizedClient,
    Unauthorized,
    Broken,
    NoToken,
    Html,
    NoUnicode,
    ErrorNoUnicode,
    Drop,

    /// <summary>Knows clients by their secret in the body only.</summary>
    BodyOnly,
}
