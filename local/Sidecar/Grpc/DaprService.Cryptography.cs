using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.Grpc.Protocol;
using Status = Grpc.Core.Status;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Encrypting and decrypting, as streams in both directions: what has come is sent on once a segment of it is full.</summary>
internal sealed partial class DaprService
{
    private static readonly TimeSpan _firstMessageWithin = TimeSpan.FromSeconds(5);

    public override async Task EncryptAlpha1(IAsyncStreamReader<EncryptRequest> requestStream, IServerStreamWriter<EncryptResponse> responseStream, ServerCallContext context)
    {
        Calls.CheckServed(CryptoCall(null, "encrypt"));
        var options = await FirstAsync(requestStream, context) is { } first ? first.Options : null;
        var input = new PayloadStream<EncryptRequest>(requestStream, message => message.Payload, message => message.Options is not null);
        await Calls.RunAsync(context, CryptoCall(options?.ComponentName, "encrypt"), async sent =>
        {
            await SendAsync(
                () => parts.Documents.EncryptAsync(sent.Runtime, options!.ComponentName, Checked(options), input, context.CancellationToken),
                options,
                payload => responseStream.SendAsync(new EncryptResponse { Payload = payload }, context.CancellationToken));
            return new Empty();
        });
    }

    public override async Task DecryptAlpha1(IAsyncStreamReader<DecryptRequest> requestStream, IServerStreamWriter<DecryptResponse> responseStream, ServerCallContext context)
    {
        Calls.CheckServed(CryptoCall(null, "decrypt"));
        var options = await FirstAsync(requestStream, context) is { } first ? first.Options : null;
        var input = new PayloadStream<DecryptRequest>(requestStream, message => message.Payload, message => message.Options is not null);
        await Calls.RunAsync(context, CryptoCall(options?.ComponentName, "decrypt"), async sent =>
        {
            await SendAsync(
                () => parts.Documents.DecryptAsync(sent.Runtime, options!.ComponentName, options.KeyName, input, context.CancellationToken),
                options,
                payload => responseStream.SendAsync(new DecryptResponse { Payload = payload }, context.CancellationToken));
            return new Empty();
        });
    }

    /// <summary>Who may not call is not told what is wrong with the request.</summary>
    private static ApiCall CryptoCall(string? component, string operation)
        => new("crypto", HttpMethods.Put, $"/v1.0-alpha1/crypto/{ApiPath.Part(component ?? string.Empty)}/{operation}") { Version = "v1alpha1" };

    private static EncryptionOptions Checked(EncryptRequestOptions options)
        => options.KeyName.Length == 0 ? throw CryptoException.BadRequest("missing property 'keyName' in the options message")
            : options.KeyWrapAlgorithm.Length == 0 ? throw CryptoException.BadRequest("missing property 'keyWrapAlgorithm' in the options message")
            : new EncryptionOptions(options.KeyName, options.KeyWrapAlgorithm)
            {
                Cipher = options.DataEncryptionCipher,
                OmitsKeyName = options.OmitDecryptionKeyName,
                DecryptionKeyName = options.DecryptionKeyName,
            };

    /// <summary>The message with the options, which a client must not keep waiting for.</summary>
    private static async Task<T> FirstAsync<T>(IAsyncStreamReader<T> requests, ServerCallContext context)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        reading.CancelAfter(_firstMessageWithin);
        try
        {
            return await requests.NextAsync(reading.Token)
                ? requests.Current
                : throw Refused(CryptoException.Failed("error receiving the first message: EOF"));
        }
        catch (Exception) when (reading.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw Refused(CryptoException.BadRequest("error waiting for first message: context deadline exceeded"));
        }
    }

    private static async Task SendAsync(Func<IAsyncEnumerable<ReadOnlyMemory<byte>>> begin, IMessage? options, Func<StreamPayload, Task> send)
    {
        try
        {
            if (options is null)
            {
                throw CryptoException.BadRequest("first message does not contain the required options");
            }

            var number = 0UL;
            await foreach (var part in begin())
            {
                await send(new StreamPayload { Data = UnsafeByteOperations.UnsafeWrap(part), Seq = number++ });
            }
        }
        catch (CryptoException failure)
        {
            throw Refused(failure);
        }
    }

    private static RpcException Refused(CryptoException failure) => new(new Status(GrpcStatusMap.FromApi(failure.Code, failure.Status), failure.Message));
}
