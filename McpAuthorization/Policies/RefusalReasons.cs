namespace McpAspire.McpAuthorization.Policies;

/// <summary>Why a request was refused: short words for the audit trail and as a metric's dimension.</summary>
public static class RefusalReasons
{
    /// <summary>The token lacks a scope; a client can step up.</summary>
    public const string InsufficientScope = "insufficient_scope";

    /// <summary>No policy names the tool.</summary>
    public const string NoPolicy = "no_policy";

    /// <summary>There is no such tool.</summary>
    public const string UnknownTool = "unknown_tool";

    /// <summary>The caller has no valid token.</summary>
    public const string NotAuthenticated = "not_authenticated";

    /// <summary>The token lacks a claim that every caller needs.</summary>
    public const string MissingClaim = "missing_claim";

    /// <summary>The request cannot be read in exactly one way.</summary>
    public const string Malformed = "malformed_request";

    /// <summary>The request comes from a page that may not call this server.</summary>
    public const string Origin = "origin";

    /// <summary>The request body is over the limit.</summary>
    public const string TooLarge = "too_large";

    /// <summary>The audit trail could not be written, so the call was not made.</summary>
    public const string NotAudited = "not_audited";
}
