namespace McpAspire.Client.WebConsole.SignIn;

/// <summary>OAuth error codes as sentences.</summary>
internal static class ProviderError
{
    private const int MaxDescription = 200;

    public static string Sentence(string error, string? description) => error switch
    {
        "access_denied" => "You did not agree to the sign-in, or your account may not use the console.",
        "login_required" or "interaction_required" => "The identity provider wants you to sign in again.",
        "invalid_scope" => "The identity provider does not grant the permissions that the console asks for. An administrator must allow its scopes.",
        "temporarily_unavailable" or "server_error" => "The identity provider has a problem of its own. Try again in a moment.",
        _ => string.IsNullOrWhiteSpace(description)
            ? $"The identity provider refused: {Shorten(error)}."
            : $"The identity provider refused: {Shorten(description)} ({Shorten(error)}).",
    };

    private static string Shorten(string text) => text.Length <= MaxDescription ? text : $"{text[..MaxDescription]}…";
}
