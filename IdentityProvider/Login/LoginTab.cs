using System.Security.Cryptography;
using System.Text;
using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Login;

/// <summary>One authorization request on its way through the pages.</summary>
internal sealed class LoginTab
{
    private readonly Lock _lock = new();
    private string _sessionCode = "";

    public required string Id { get; set; }

    public required AuthorizationRequest Request { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>The session the browser already has, if its person only confirms.</summary>
    public string? SessionId { get; set; }

    /// <summary>The person who has to type the password again.</summary>
    public string? ReauthenticateUserId { get; set; }

    /// <summary>The person who has signed in and is asked for consent now.</summary>
    public string? UserId { get; set; }

    /// <summary>Whether a password was typed in this tab.</summary>
    public bool PasswordTyped { get; set; }

    /// <summary>Shown once on the next page.</summary>
    public string? Message { get; set; }

    /// <summary>A new code for the next form; the one before it is worth nothing from now on.</summary>
    public string NextSessionCode()
    {
        lock (_lock)
        {
            return _sessionCode = RandomId.Base64Url(32);
        }
    }

    /// <summary>Takes the code of the last form; only one post gets through.</summary>
    public bool TakeSessionCode(string? code)
    {
        lock (_lock)
        {
            if (code is null || _sessionCode.Length == 0
                || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(_sessionCode)))
            {
                return false;
            }

            _sessionCode = "";
            return true;
        }
    }

    public string? TakeMessage()
    {
        var message = Message;
        Message = null;
        return message;
    }
}
