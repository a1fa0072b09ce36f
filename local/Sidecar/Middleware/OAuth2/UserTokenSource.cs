using McpAspire.Sidecar.Middleware.Tokens;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>Exchanges codes for tokens, and renews tokens before they expire.</summary>
internal sealed class UserTokenSource(TokenClient client, string redirectUrl, TimeProvider time)
{
    public async Task<UserToken> RedeemAsync(string code, PendingLogin login, CancellationToken cancellationToken)
    {
        var requestedAt = time.GetUtcNow();
        var parameters = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["code_verifier"] = login.CodeVerifier,
        };
        if (redirectUrl.Length > 0)
        {
            parameters["redirect_uri"] = redirectUrl;
        }

        var response = await client.RequestAsync(parameters, cancellationToken);
        return UserToken.From(response, login.Scope, earlierRefreshToken: null, requestedAt);
    }

    /// <summary>A token that can be used now; null when the person must sign in again.</summary>
    public async ValueTask<UserToken?> CurrentAsync(LoginState login, UserToken token, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!token.IsDue(now))
        {
            return token;
        }

        if (token.RefreshToken is null)
        {
            return token.IsExpired(now) ? Forgotten(login, token) : token;
        }

        try
        {
            return await login.RenewAsync(() => RenewAsync(login, token)).WaitAsync(cancellationToken);
        }
        catch (TokenRequestException) when (!token.IsExpired(time.GetUtcNow()))
        {
            return token;
        }
    }

    private async Task<UserToken?> RenewAsync(LoginState login, UserToken token)
    {
        if (login.Token is { } other && other != token)
        {
            return other;
        }

        try
        {
            var requestedAt = time.GetUtcNow();
            var response = await client.RequestAsync(
                new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = token.RefreshToken! },
                CancellationToken.None);
            var renewed = UserToken.From(response, token.Scope, token.RefreshToken, requestedAt);
            login.Renew(renewed);
            return renewed;
        }
        catch (TokenRequestException exception) when (exception.IsRefusal && token.IsExpired(time.GetUtcNow()))
        {
            return Forgotten(login, token);
        }
    }

    private static UserToken? Forgotten(LoginState login, UserToken token)
    {
        login.Forget(token);
        return null;
    }
}
