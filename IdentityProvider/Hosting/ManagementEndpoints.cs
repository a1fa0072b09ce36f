using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Endpoints;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>Keycloak's health endpoints on the management port; nothing else is there, and they are nowhere else.</summary>
internal static class ManagementEndpoints
{
    private static readonly HashSet<string> Paths = ["/health", "/health/ready", "/health/live", "/health/started"];

    public static WebApplication UseManagementEndpoints(this WebApplication app)
    {
        var port = app.Services.GetRequiredService<ProviderOptions>().ManagementPort;
        app.Use((context, next) => context.Connection.LocalPort == port ? AnswerAsync(context) : next(context));
        return app;
    }

    private static Task AnswerAsync(HttpContext context)
        => HttpMethods.IsGet(context.Request.Method) && Paths.Contains(context.Request.Path.Value ?? "")
            ? context.Json(StatusCodes.Status200OK, new JsonObject { ["status"] = "UP", ["checks"] = new JsonArray() })
            : context.Json(StatusCodes.Status404NotFound, Answers.Describe("HTTP 404 Not Found", null));
}
