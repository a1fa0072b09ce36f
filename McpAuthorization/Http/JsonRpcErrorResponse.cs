using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace McpAspire.McpAuthorization.Http;

/// <summary>Clients read the body of a refusal: it is a JSON-RPC error with the id of the request.</summary>
internal static class JsonRpcErrorResponse
{
    public static async Task WriteAsync(HttpContext context, int status, int code, string message, JsonElement? id)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        await using (writer)
        {
            Write(writer, code, message, id);
        }
    }

    private static void Write(Utf8JsonWriter writer, int code, string message, JsonElement? id)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc", "2.0");
        writer.WritePropertyName("id");
        if (id is { ValueKind: JsonValueKind.String or JsonValueKind.Number } known)
        {
            known.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteStartObject("error");
        writer.WriteNumber("code", code);
        writer.WriteString("message", message);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
