using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace McpAspire.McpServer.Configuration;

/// <summary>
/// Lets MCP clients that run in a page, as the Inspector does, read the answers. Their origins are the ones that
/// McpAuthorization lets through; nobody's cookies are involved.
/// </summary>
internal static class Pages
{
    private static readonly string[] RequestHeaders =
        [HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.Accept, "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id", "Last-Event-ID"];

    public static WebApplicationBuilder AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddCors();
        builder.Services.AddOptions<CorsOptions>()
            .Configure<IOptions<McpServerSettings>>((cors, settings) => cors.AddDefaultPolicy(policy => policy
                .WithOrigins(settings.Value.AllowedOrigins)
                .WithMethods(HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete)
                .WithHeaders(RequestHeaders)
                .WithExposedHeaders(HeaderNames.WWWAuthenticate, HeaderNames.RetryAfter, "Mcp-Session-Id")));
        return builder;
    }
}
