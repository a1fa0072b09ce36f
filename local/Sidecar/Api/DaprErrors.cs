using System.Buffers;
using System.Text;
using System.Text.Json;
using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Api;

/// <summary>Errors as Dapr's HTTP API writes them.</summary>
internal static class DaprErrors
{
    public const string DirectInvoke = "ERR_DIRECT_INVOKE";

    public static Task NoAppIdAsync(HttpContext http)
        => WriteAsync(http, StatusCodes.Status404NotFound, DirectInvoke, "failed getting app id either from the URL path or the header dapr-app-id");

    /// <summary>Ids and methods hold one byte a character.</summary>
    public static Task InvokeFailedAsync(HttpContext http, string appId, string reason, int status = StatusCodes.Status500InternalServerError)
        => WriteAsync(http, status, DirectInvoke, ByteString.ToText($"failed to invoke, id: {appId}, err: {reason}"));

    public static Task AmbiguousPathAsync(HttpContext http)
        => WriteAsync(http, StatusCodes.Status400BadRequest, "ERR_PATH_AMBIGUOUS", "the path is percent-encoded more than once, and a pathFilter would judge it differently once it is decoded");

    public static Task WriteAsync(HttpContext http, int status, string code, string message)
    {
        http.Features.Set(new AnsweredError(code, message));
        var buffer = new ArrayBufferWriter<byte>(160);
        using (var writer = new Utf8JsonWriter(buffer, DaprJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("errorCode", code);
            writer.WriteString("message", message);
            writer.WriteEndObject();
        }

        return WriteAsync(http, status, "application/json", buffer.WrittenMemory);
    }

    public static Task WriteAsync(HttpContext http, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}

/// <summary>The error of Dapr's API that a request was answered with.</summary>
internal sealed record AnsweredError(string Code, string Message)
{
    /// <summary>Of the metric of error codes; null: it follows from the code.</summary>
    public string? Category { get; init; }

    /// <summary>With the details of Dapr's newer errors; null: there are none.</summary>
    public ApiFailure? Failure { get; init; }
}

/// <summary>Short texts, as Dapr's middleware answers.</summary>
internal static class PlainText
{
    public static Task WriteAsync(HttpContext http, int status, string text)
        => DaprErrors.WriteAsync(http, status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
}
