using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using McpAspire.IdentityProvider.Endpoints;

namespace McpAspire.IdentityProvider.Token;

/// <summary>PKCE (RFC 7636).</summary>
internal static partial class ProofKey
{
    public const string S256 = "S256";
    public const string Plain = "plain";

    public static bool IsWellFormed(string value) => Shape().IsMatch(value);

    public static void Verify(string? challenge, string? method, string? verifier)
    {
        if (challenge is null)
        {
            if (!string.IsNullOrEmpty(verifier))
            {
                throw OAuthException.InvalidGrant("PKCE code verifier specified but challenge not present in authorization");
            }

            return;
        }

        if (string.IsNullOrEmpty(verifier))
        {
            throw OAuthException.InvalidGrant("PKCE code verifier not specified");
        }

        if (!IsWellFormed(verifier))
        {
            throw OAuthException.InvalidGrant("PKCE verification failed: Invalid code verifier");
        }

        var derived = method == S256 ? Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) : verifier;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(derived), Encoding.ASCII.GetBytes(challenge)))
        {
            throw OAuthException.InvalidGrant("PKCE verification failed: Code mismatch");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9\-._~]{43,128}\z")]
    private static partial Regex Shape();
}
