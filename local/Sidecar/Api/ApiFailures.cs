using System.Buffers;
using System.Text.Json;

namespace McpAspire.Sidecar.Api;

/// <summary>Writes an <see cref="ApiFailure"/> as Dapr's HTTP API does.</summary>
internal static class ApiFailures
{
    private const string Types = "type.googleapis.com/google.rpc.";

    public static Task WriteAsync(HttpContext http, ApiFailure failure)
    {
        http.Features.Set(new AnsweredError(failure.Code, failure.Message) { Category = failure.Category, Failure = failure });
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, DaprJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("errorCode", failure.Code);
            writer.WriteString("message", failure.Message);
            writer.WriteStartArray("details");
            WriteViolation(writer, failure);
            WriteResource(writer, failure);
            WriteInfo(writer, failure);
            WriteHelp(writer, failure);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return DaprErrors.WriteAsync(http, failure.Status, "application/json", buffer.WrittenMemory);
    }

    private static void WriteViolation(Utf8JsonWriter writer, ApiFailure failure)
    {
        if (failure.Violation is not { } violation)
        {
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("@type", Types + "BadRequest");
        writer.WriteStartArray("field_violations");
        writer.WriteStartObject();
        writer.WriteString("field", violation.Field);
        writer.WriteString("description", violation.Description);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter writer, ApiFailure failure)
    {
        if (failure.Resource is not { } resource)
        {
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("@type", Types + "ResourceInfo");
        writer.WriteString("description", failure.ResourceDescription);
        writer.WriteString("owner", string.Empty);
        writer.WriteString("resource_name", resource.Name);
        writer.WriteString("resource_type", resource.Type);
        writer.WriteEndObject();
    }

    private static void WriteInfo(Utf8JsonWriter writer, ApiFailure failure)
    {
        writer.WriteStartObject();
        writer.WriteString("@type", Types + "ErrorInfo");
        writer.WriteString("domain", failure.Domain);
        if (failure.Metadata is null)
        {
            writer.WriteNull("metadata");
        }
        else
        {
            writer.WriteStartObject("metadata");
            foreach (var (name, value) in failure.Metadata)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteString("reason", failure.Reason);
        writer.WriteEndObject();
    }

    private static void WriteHelp(Utf8JsonWriter writer, ApiFailure failure)
    {
        if (failure.Help is not { } help)
        {
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("@type", Types + "Help");
        writer.WriteStartArray("links");
        writer.WriteStartObject();
        writer.WriteString("description", help.Description);
        writer.WriteString("url", help.Url);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
