using System.Buffers.Text;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Authorize;

/// <summary>What a client asked for at the authorization endpoint (or for its device).</summary>
internal sealed record AuthorizationRequest
{
    public required string ClientId { get; init; }

    /// <summary>Empty for a device: there is nowhere to go back to.</summary>
    public required string RedirectUri { get; init; }

    public string ResponseType { get; init; } = "code";

    public string ResponseMode { get; init; } = ResponseModes.Query;

    public string? Scope { get; init; }

    public string? State { get; init; }

    public string? Nonce { get; init; }

    public string? Prompt { get; init; }

    public int? MaxAge { get; init; }

    public string? LoginHint { get; init; }

    public string? CodeChallenge { get; init; }

    public string? CodeChallengeMethod { get; init; }

    public string? Claims { get; init; }

    public string? Resource { get; init; }

    public string? KeyThumbprint { get; init; }

    /// <summary>The pushed request (RFC 9126) that this one came from.</summary>
    public string? PushedRequest { get; init; }

    /// <summary>The device that waits for this sign-in.</summary>
    public string? DeviceCode { get; init; }

    public bool HasPrompt(string value) => Prompt is not null && Prompt.Split(' ').Contains(value);

    [System.Text.Json.Serialization.JsonIgnore]
    /// <summary>Keycloak's <c>client_data</c>: where to send the browser when everything else is lost.</summary>
    public string ClientData
    {
        get
        {
            var data = new JsonObject { ["ru"] = RedirectUri, ["rt"] = ResponseType, ["rm"] = ResponseMode };
            if (State is not null)
            {
                data["st"] = State;
            }

            return Base64Url.EncodeToString(JsonOutput.Serialize(data));
        }
    }
}

/// <summary>How an answer travels back to the client.</summary>
internal static class ResponseModes
{
    public const string Query = "query";
    public const string Fragment = "fragment";
    public const string FormPost = "form_post";
    public const string Jwt = "jwt";
    public const string QueryJwt = "query.jwt";
    public const string FragmentJwt = "fragment.jwt";
    public const string FormPostJwt = "form_post.jwt";

    public static readonly IReadOnlySet<string> All = new HashSet<string> { Query, Fragment, FormPost, Jwt, QueryJwt, FragmentJwt, FormPostJwt };
}
