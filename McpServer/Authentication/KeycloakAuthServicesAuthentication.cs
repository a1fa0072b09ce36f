using Keycloak.AuthServices.Authentication;
using McpAspire.McpServer.Configuration;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace McpAspire.McpServer.Authentication;

/// <summary>
/// Validates tokens through Keycloak.AuthServices, with the same demands as JwtBearerAuthentication.cs.
/// Compiled with <c>-p:KeycloakAuthServices=true</c>.
/// </summary>
internal static class TokenAuthentication
{
    public static WebApplicationBuilder AddTokenAuthentication(this WebApplicationBuilder builder)
    {
        builder.Services.AddKeycloakWebApiAuthentication(builder.Configuration, KeycloakSettings.Section);

        // The package leaves the algorithm open and saves the token; what this server demands comes after it.
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<KeycloakSettings>>((options, settings) => TokenValidation.Apply(options, settings.Value));
        return builder;
    }
}
