using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Endpoints;

/// <summary>Writes answers with the headers Keycloak gives them.</summary>
internal static class Answers
{
    public const string NoStorePage = "no-store, must-revalidate, max-age=0";

    public static Task Json(this HttpContext context, int status, JsonNode body, string? cache = null, string type = "application/json")
        => context.Bytes(status, JsonOutput.Serialize(body), cache, type);

    public static Task Bytes(this HttpContext context, int status, byte[] body, string? cache, string type)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = type;
        response.ContentLength = body.Length;
        if (cache is not null)
        {
            response.Headers.CacheControl = cache;
        }

        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>An answer that may hold a token: never cached.</summary>
    public static Task Token(this HttpContext context, int status, JsonNode body)
    {
        context.Response.Headers.Pragma = "no-cache";
        return context.Json(status, body, "no-store");
    }

    public static JsonObject Describe(OAuthException error) => Describe(error.Error, error.Description);

    public static JsonObject Describe(string error, string? description)
    {
        var body = new JsonObject { ["error"] = error };
        if (description is not null)
        {
            body["error_description"] = description;
        }

        return body;
    }

    /// <summary>Sends the browser on.</summary>
    public static Task Redirect(this HttpContext context, string location, string cache = NoStorePage)
    {
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.CacheControl = cache;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }
}
