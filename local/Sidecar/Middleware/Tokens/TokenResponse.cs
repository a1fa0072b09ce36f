using System.Globalization;
using System.Text.Json;

namespace McpAspire.Sidecar.Middleware.Tokens;

/// <summary>A token endpoint's answer.</summary>
internal sealed record TokenResponse(string AccessToken, string TokenType, TimeSpan? ExpiresIn, string? RefreshToken, string? Scope)
{
    /// <summary>The value of the header that carries the token.</summary>
    public string HeaderValue { get; } = $"{TokenType} {AccessToken}";

    /// <summary>Throws <see cref="JsonException"/> for an answer without a token that can be used.</summary>
    public static TokenResponse Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return Read(json);
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("a text is not Unicode", exception);
        }
    }

    /// <summary>Never its values: a record's text would hold them.</summary>
    public override string ToString() => nameof(TokenResponse);

    private static TokenResponse Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || Text(root, "access_token") is not { Length: > 0 } accessToken)
        {
            throw new JsonException("no access_token");
        }

        // A token that could end the header line would be a header of its own.
        if (accessToken.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new JsonException("access_token holds characters that no header may hold");
        }

        return new TokenResponse(accessToken, Scheme(Text(root, "token_type")), Lifetime(root), Text(root, "refresh_token"), Text(root, "scope"));
    }

    private static string Scheme(string? type)
        => type is null || type.Equals("bearer", StringComparison.OrdinalIgnoreCase) ? "Bearer"
            : type.All(char.IsAsciiLetterOrDigit) ? type
            : throw new JsonException("token_type is no scheme");

    private static TimeSpan? Lifetime(JsonElement root)
    {
        if (!root.TryGetProperty("expires_in", out var element))
        {
            return null;
        }

        var seconds = element.ValueKind switch
        {
            JsonValueKind.Number => element.GetDouble(),
            JsonValueKind.String when double.TryParse(element.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => 0,
        };
        return seconds is > 0 and < 3e8 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static string? Text(JsonElement root, string name)
        => root.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.String ? element.GetString() : null;
}
