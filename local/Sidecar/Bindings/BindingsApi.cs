using System.Text.Json;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Telemetry;

namespace McpAspire.Sidecar.Bindings;

/// <summary><c>bindings/{name}</c>: one operation of an output binding.</summary>
internal sealed class BindingsApi(OutputBindings bindings)
{
    private static readonly ReadOnlyMemory<byte> _null = "null"u8.ToArray();

    public async Task InvokeAsync(SidecarRequest request, string path)
    {
        var http = request.Http;
        using var body = new PooledBody(http.Request.ContentLength);
        await body.ReadAsync(http.Request.Body, http.RequestAborted);
        if (!TryRead(request, body.Bytes, out var call))
        {
            var reason = body.Bytes.IsEmpty ? "EOF" : "the body is not JSON of the form {\"operation\", \"data\", \"metadata\"}";
            await DaprErrors.WriteAsync(http, StatusCodes.Status400BadRequest, "ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {reason}");
            return;
        }

        var name = ByteString.ToText(path);
        try
        {
            var answer = await bindings.InvokeAsync(request.Runtime, name, call, http.RequestAborted);
            AddMetadata(http.Response, answer);
            if (answer is null)
            {
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            await DaprErrors.WriteAsync(http, StatusCodes.Status200OK, "application/json", answer.Data);
        }
        catch (BindingException failure)
        {
            AddMetadata(http.Response, failure.Answer);
            await DaprErrors.WriteAsync(http, StatusCodes.Status500InternalServerError, "ERR_INVOKE_OUTPUT_BINDING", $"error invoking output binding {name}: {failure.Message}");
        }
    }

    /// <summary>The data stays where it is in the body.</summary>
    private static bool TryRead(SidecarRequest request, ReadOnlyMemory<byte> body, out BindingRequest call)
    {
        var (operation, data, metadata) = (string.Empty, _null, BindingRequest.TraceOf(request));
        call = new BindingRequest(operation, data, metadata);
        try
        {
            var reader = new Utf8JsonReader(body.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = reader.GetString();
                reader.Read();
                switch (field?.ToLowerInvariant())
                {
                    case "operation":
                        operation = reader.GetString() ?? string.Empty;
                        break;
                    case "data":
                        var start = (int)reader.TokenStartIndex;
                        reader.Skip();
                        data = body[start..(int)reader.BytesConsumed];
                        break;
                    case "metadata" when reader.TokenType == JsonTokenType.StartObject:
                        ReadMetadata(ref reader, metadata);
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            call = new BindingRequest(operation, data, metadata);
            return true;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The trace of this call stands over one of the caller's.</summary>
    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            metadata.TryAdd(name, reader.GetString() ?? string.Empty);
        }
    }

    private static void AddMetadata(HttpResponse response, BindingAnswer? answer)
    {
        foreach (var (name, value) in answer?.Metadata ?? [])
        {
            if (name.All(IsTokenCharacter) && !value.AsSpan().ContainsAny('\r', '\n', '\0'))
            {
                response.Headers.Append($"metadata.{name}", value);
            }
        }
    }

    private static bool IsTokenCharacter(char character)
        => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal);
}
