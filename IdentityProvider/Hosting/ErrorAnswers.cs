using McpAspire.IdentityProvider.Endpoints;
using Microsoft.AspNetCore.WebUtilities;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>What no endpoint answered, in Keycloak's words.</summary>
internal static class ErrorAnswers
{
    public static WebApplication UseErrorAnswers(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ProviderLog>();
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
                if (context.Response is { HasStarted: false, ContentType: null, StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed } response)
                {
                    await WriteAsync(context, response.StatusCode);
                }
            }
            catch (BadHttpRequestException e) when (!context.Response.HasStarted)
            {
                context.Response.Headers.Clear();
                await WriteAsync(context, e.StatusCode);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The caller has gone.
            }
            catch (Exception e) when (!context.Response.HasStarted)
            {
                log.Unexpected(e, context.Request.Method, context.Request.Path);
                context.Response.Headers.Clear();
                await context.Json(StatusCodes.Status500InternalServerError, Answers.Describe("unknown_error", "For more on this error consult the server log."));
            }
        });
        return app;
    }

    public static Task WriteAsync(HttpContext context, int status)
    {
        var phrase = status == StatusCodes.Status413PayloadTooLarge ? "Request Entity Too Large" : ReasonPhrases.GetReasonPhrase(status);
        return context.Json(status, Answers.Describe($"HTTP {status} {phrase}", null));
    }
}
