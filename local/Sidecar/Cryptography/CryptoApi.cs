using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>
/// <c>crypto/{name}/encrypt</c> and <c>/decrypt</c>. The answer is collected before it is sent, as in Dapr: so an error is one that
/// the caller sees, and a client that sends all before it reads anything can call. <c>--max-body-size</c> limits it; what is larger
/// goes over gRPC, which streams.
/// </summary>
internal sealed class CryptoApi(DocumentCryptography documents)
{
    private static readonly string[] _true = ["y", "yes", "true", "t", "on", "1"];

    /// <summary>Null: no route.</summary>
    public Task? Find(SidecarRequest request, ReadOnlySpan<char> path)
    {
        var slash = path.IndexOf('/');
        if (slash < 0)
        {
            return null;
        }

        var component = ByteString.ToText(path[..slash].ToString());
        return path[(slash + 1)..] switch
        {
            "encrypt" => AnswerAsync(request, () => Encrypted(request, component)),
            "decrypt" => AnswerAsync(request, () => documents.DecryptAsync(request.Runtime, component, Header(request, "dapr-key-name"), request.Http.Request.Body, request.Http.RequestAborted)),
            _ => null,
        };
    }

    private IAsyncEnumerable<ReadOnlyMemory<byte>> Encrypted(SidecarRequest request, string component)
    {
        DocumentCryptography.Check(request.Runtime, component);
        var options = new EncryptionOptions(Required(request, "dapr-key-name"), Required(request, "dapr-key-wrap-algorithm"))
        {
            Cipher = Header(request, "dapr-data-encryption-cipher"),
            OmitsKeyName = _true.Contains(Header(request, "dapr-omit-decryption-key-name").Trim(), StringComparer.OrdinalIgnoreCase),
            DecryptionKeyName = Header(request, "dapr-decryption-key-name"),
        };
        return documents.EncryptAsync(request.Runtime, component, options, request.Http.Request.Body, request.Http.RequestAborted);
    }

    private static async Task AnswerAsync(SidecarRequest request, Func<IAsyncEnumerable<ReadOnlyMemory<byte>>> begin)
    {
        var http = request.Http;
        using var answer = new PooledBody(http.Request.ContentLength);
        try
        {
            await foreach (var part in begin())
            {
                answer.Append(part.Span);
            }
        }
        catch (CryptoException failure)
        {
            await DaprErrors.WriteAsync(http, failure.Status, failure.Code, failure.Message);
            return;
        }

        await DaprErrors.WriteAsync(http, StatusCodes.Status200OK, "application/octet-stream", answer.Bytes);
    }

    private static string Required(SidecarRequest request, string name)
        => Header(request, name) is { Length: > 0 } value ? value : throw CryptoException.BadRequest($"missing header '{name}'");

    private static string Header(SidecarRequest request, string name)
        => request.Http.Request.Headers.TryGetValue(name, out var values) && values is [{ } first, ..] ? ByteString.ToText(first) : string.Empty;
}
