namespace McpAspire.Client.Sidecar;

/// <summary>Why a call did not reach a tool.</summary>
internal enum SidecarFailure
{
    /// <summary>Nobody listens at the sidecar's address.</summary>
    SidecarUnreachable,

    /// <summary>The sidecar answers, the app behind it does not.</summary>
    ServerUnreachable,

    /// <summary>The sidecar could not get a token from the identity provider.</summary>
    NoToken,

    /// <summary>The sidecar wants a person to sign in.</summary>
    SignInNeeded,

    /// <summary>The sidecar does not take this program for its app: <c>DAPR_API_TOKEN</c> differs.</summary>
    WrongApiToken,

    /// <summary>The token was refused: expired, or not for this server.</summary>
    Refused,

    /// <summary>The token is valid, but its scopes do not cover the call.</summary>
    InsufficientScope,

    /// <summary>An answer that is no MCP.</summary>
    Unexpected,
}

/// <summary>A call ended before a tool could answer; the message is a sentence for a person.</summary>
internal class SidecarException(SidecarFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public SidecarFailure Failure { get; } = failure;
}

/// <summary>The sidecar answered with a redirect to the identity provider.</summary>
internal sealed class SignInNeededException(string message, string? location, string? sessionValue)
    : SidecarException(SidecarFailure.SignInNeeded, message)
{
    /// <summary>Where the person signs in, as the sidecar gave it.</summary>
    public string? Location { get; } = location;

    /// <summary>The sidecar's session cookie, when it started a session.</summary>
    public string? SessionValue { get; } = sessionValue;
}

/// <summary>The server named the scopes that the call needs.</summary>
internal sealed class InsufficientScopeException(string message, string? requiredScope)
    : SidecarException(SidecarFailure.InsufficientScope, message)
{
    /// <summary>All scopes that the server asks for, those already granted included.</summary>
    public string? RequiredScope { get; } = requiredScope;

    /// <summary>What is left when the granted scopes are taken away; the server's list when that cannot be told.</summary>
    public string? MissingFrom(IReadOnlyList<string> granted)
    {
        var missing = (RequiredScope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Except(granted, StringComparer.Ordinal).ToArray();
        return missing.Length > 0 ? string.Join(", ", missing) : RequiredScope;
    }
}
