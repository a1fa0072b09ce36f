namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Tokens with one character changed.</summary>
internal static class Tampered
{
    /// <summary>Changes the signature, in its middle: the last character carries unused bits.</summary>
    public static string Token(string token)
    {
        var at = (token.LastIndexOf('.') + token.Length) / 2;
        return $"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}";
    }
}
