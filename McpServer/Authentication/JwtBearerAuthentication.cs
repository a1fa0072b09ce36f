using McpAspire.McpServer.Configuration;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace McpAspire.McpServer.Authentication;

/// <summary>
/// Validates tokens with what ASP.NET Core ships. Built with <c>-p:KeycloakAuthServices=true</c>,
/// KeycloakAuthServicesAuthentication.cs takes the place of this file.
/// </summary>
internal static class TokenAuthentication
{
    public static WebApplicationBuilder AddTokenAuthentication(this WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<KeycloakSettings>>((options, settings) => TokenValidation.Apply(options, settings.Value));
        return builder;
    }
}
