using System.Security.Claims;
using McpAspire.McpServer.Configuration;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace McpAspire.McpServer.Authentication;

/// <summary>What a token must be, whichever package reads the section <c>Keycloak</c>.</summary>
internal static class TokenValidation
{
    public static void Apply(JwtBearerOptions options, KeycloakSettings settings)
    {
        options.Authority = settings.Issuer;
        options.RequireHttpsMetadata = settings.RequireHttps;
        options.Audience = settings.Resource;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.IncludeErrorDetails = false;
        options.BackchannelTimeout = TimeSpan.FromSeconds(10);
        options.RefreshInterval = TimeSpan.FromSeconds(10);
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ValidTypes = ["JWT", "at+jwt"],
            ValidateIssuer = true,
            IssuerValidator = (issuer, _, _) => string.Equals(issuer, settings.Issuer, StringComparison.Ordinal)
                ? issuer
                : throw new SecurityTokenInvalidIssuerException("The issuer is not the configured realm.") { InvalidIssuer = issuer },
            ValidateAudience = true,
            ValidAudience = settings.Resource,
            IgnoreTrailingSlashWhenValidatingAudience = false, // ".../mcp/" is another resource
            ValidateIssuerSigningKey = true,
            ValidateLifetime = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = settings.TokenClockSkew,
            NameClaimType = "preferred_username",
            RoleClaimType = RealmRoles.ClaimType,
        };
        options.Events = new JwtBearerEvents { OnTokenValidated = AcceptAccessTokensOnlyAsync };
    }

    private static Task AcceptAccessTokensOnlyAsync(TokenValidatedContext context)
    {
        var principal = context.Principal!;
        if (principal.FindFirst("typ") is { } type && type.Value != "Bearer")
        {
            context.Fail("The token is not an access token.");
        }
        else if (principal.HasClaim(claim => claim.Type == "cnf"))
        {
            // Bound to a key (DPoP, mTLS): whoever presents it must prove the key, and this server does not ask for proof.
            context.Fail("The token is bound to a key.");
        }
        else if (principal.Identity is ClaimsIdentity identity)
        {
            RealmRoles.AddTo(identity);
        }

        return Task.CompletedTask;
    }
}
