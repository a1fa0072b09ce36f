using Google.Protobuf;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary>Encrypting and decrypting over gRPC, as streams.</summary>
public sealed class CryptoGrpcTests(CryptoSidecar running) : IClassFixture<CryptoSidecar>
{
    private const int Segment = 64 * 1024;

    private static readonly EncryptRequestOptions _aes = new() { ComponentName = "keys", KeyName = "kek", KeyWrapAlgorithm = "AES" };

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_AreEncryptedAndDecrypted_InSegments()
    {
        using var client = new DaprClient(running.Process);
        var data = CryptoRig.Data((2 * Segment) + 1);

        var encrypted = await EncryptAsync(client, data, "rsa.pem", "RSA");
        var decrypted = await DecryptAsync(client, encrypted.Data);

        Assert.Equal(4, encrypted.Messages); // the header, then the segments
        Assert.Equal(3, decrypted.Messages);
        Assert.Equal(data, decrypted.Data);
        Assert.Equal(CryptoRig.Data(100), (await DecryptAsync(client, CryptoRig.Recorded("nameless-gcm-100.enc"), "kek")).Data);
        var empty = await DecryptAsync(client, CryptoRig.Recorded("kek-gcm-0.enc"));
        Assert.Equal((0, 0, null), (empty.Data.Length, empty.Messages, empty.Failure));
    }

    [Fact]
    public async Task Segment_ComesAsSoonAsItIsFull_NotAtTheEnd()
    {
        using var client = new DaprClient(running.Process);
        using var encrypting = client.Api.EncryptAlpha1(cancellationToken: Stopping);
        await encrypting.RequestStream.WriteAsync(new EncryptRequest { Options = _aes }, Stopping);

        Assert.True(await encrypting.ResponseStream.MoveNext(Stopping));
        Assert.StartsWith("dapr.io/enc/v1\n", encrypting.ResponseStream.Current.Payload.Data.ToStringUtf8(), StringComparison.Ordinal);
        await encrypting.RequestStream.WriteAsync(new EncryptRequest { Payload = Payload(CryptoRig.Data(Segment + 1), 0) }, Stopping);
        Assert.True(await encrypting.ResponseStream.MoveNext(Stopping));
        Assert.Equal((Segment + 16, 1UL), (encrypting.ResponseStream.Current.Payload.Data.Length, encrypting.ResponseStream.Current.Payload.Seq));
    }

    [Fact]
    public async Task Stream_OfAnyLength_TakesNoMemory()
    {
        const int Messages = 96; // of 1 MiB
        using var client = new DaprClient(running.Process);
        using var other = new DaprClient(running.Process); // two streams of one connection share its window, and one of them could wait for the other
        await EncryptAsync(client, new byte[1024 * 1024], "kek", "AES");
        using var memory = new ProcessMemory(running.Process.Id);
        using var encrypting = client.Api.EncryptAlpha1(cancellationToken: Stopping);
        using var decrypting = other.Api.DecryptAlpha1(cancellationToken: Stopping);
        var writing = WriteAsync();
        var passing = PassAsync();
        var received = 0L;

        while (await decrypting.ResponseStream.MoveNext(Stopping))
        {
            received += decrypting.ResponseStream.Current.Payload.Data.Length;
            memory.Sample();
        }

        await Task.WhenAll(writing, passing);
        Assert.Equal(Messages * 1024L * 1024, received);
        Assert.InRange(memory.ExtraBytes, 0, 48 * 1024 * 1024);

        async Task WriteAsync()
        {
            var data = new byte[1024 * 1024];
            for (var i = 0; i < Messages; i++)
            {
                await encrypting.RequestStream.WriteAsync(new EncryptRequest { Options = i == 0 ? _aes : null, Payload = Payload(data, (ulong)i) }, Stopping);
            }

            await encrypting.RequestStream.CompleteAsync();
        }

        async Task PassAsync()
        {
            while (await encrypting.ResponseStream.MoveNext(Stopping))
            {
                var payload = encrypting.ResponseStream.Current.Payload;
                await decrypting.RequestStream.WriteAsync(new DecryptRequest { Options = payload.Seq == 0 ? new DecryptRequestOptions { ComponentName = "keys" } : null, Payload = payload }, Stopping);
            }

            await decrypting.RequestStream.CompleteAsync();
        }
    }

    [Fact]
    public async Task Document_WhoseEndIsCutOff_EndsInAnError()
    {
        using var client = new DaprClient(running.Process);

        var decrypted = await DecryptAsync(client, CryptoRig.Recorded("kek-gcm-65537.enc")[..^1]);

        Assert.Equal((StatusCode.Internal, "failed to perform operation: error processing segment 1: failed to decrypt segment"), Refusal(decrypted.Failure));
        Assert.Equal(CryptoRig.Data(Segment), decrypted.Data);
    }

    [Theory]
    [InlineData("no message", StatusCode.Internal, "failed to perform operation: error receiving the first message: EOF")]
    [InlineData("no options", StatusCode.InvalidArgument, "invalid request: first message does not contain the required options")]
    [InlineData("no key", StatusCode.InvalidArgument, "invalid request: missing property 'keyName' in the options message")]
    [InlineData("no algorithm", StatusCode.InvalidArgument, "invalid request: missing property 'keyWrapAlgorithm' in the options message")]
    [InlineData("no component", StatusCode.InvalidArgument, "invalid request: missing component name")]
    [InlineData("another component", StatusCode.InvalidArgument, "crypto provider other not found")]
    [InlineData("another algorithm", StatusCode.Internal, "failed to perform operation: option Algorithm is not valid: algorithm A1 is not supported")]
    [InlineData("a number left out", StatusCode.Internal, "failed to perform operation: invalid sequence number received: 2 (expected: 1)")]
    [InlineData("a number again", StatusCode.Internal, "failed to perform operation: invalid sequence number received: 0 (expected: 1)")]
    [InlineData("not from 0", StatusCode.Internal, "failed to perform operation: invalid sequence number received: 1 (expected: 0)")]
    [InlineData("options twice", StatusCode.Internal, "failed to perform operation: options found in non-leading message")]
    public async Task Error_IsDaprs(string what, StatusCode status, string message)
    {
        using var client = new DaprClient(running.Process);
        using var call = client.Api.EncryptAlpha1(cancellationToken: Stopping);
        foreach (var sent in Messages(what))
        {
            await call.RequestStream.WriteAsync(sent, Stopping);
        }

        await call.RequestStream.CompleteAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(Stopping))
            {
            }
        });

        Assert.Equal((status, message), Refusal(failure));
    }

    [Fact]
    public async Task Refusal_ComesBeforeTheClientHasEnded_AndLeavesTheConnectionAsItWas()
    {
        using var client = new DaprClient(running.Process);
        using var call = client.Api.EncryptAlpha1(cancellationToken: Stopping);

        await call.RequestStream.WriteAsync(new EncryptRequest { Options = Options("other", "kek", "AES"), Payload = Payload([1], 0) }, Stopping);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Stopping));

        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal([1], (await DecryptAsync(client, (await EncryptAsync(client, [1], "kek", "AES")).Data)).Data);
    }

    [Fact]
    public async Task FirstMessage_IsNotWaitedForForEver()
    {
        using var client = new DaprClient(running.Process);
        using var call = client.Api.DecryptAlpha1(cancellationToken: Stopping);

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Stopping).WaitAsync(TimeSpan.FromSeconds(40), Stopping));

        Assert.Equal((StatusCode.InvalidArgument, "invalid request: error waiting for first message: context deadline exceeded"), Refusal(failure));
    }

    /// <summary>Of a group that is closed nobody may keep a stream open.</summary>
    [Fact]
    public async Task FirstMessage_OfWhatIsClosed_IsNotWaitedFor()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  api: { denied: [{ name: crypto, version: v1alpha1 }, { name: subscribe, version: v1alpha1 }] }\n");
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--config", folder.PathOf("config.yaml")], Stopping);
        using var client = new DaprClient(sidecar);
        using var encrypting = client.Api.EncryptAlpha1(cancellationToken: Stopping);
        using var decrypting = client.Api.DecryptAlpha1(cancellationToken: Stopping);
        using var subscribing = client.Api.SubscribeTopicEventsAlpha1(cancellationToken: Stopping);

        foreach (var answer in (Task<bool>[])[encrypting.ResponseStream.MoveNext(Stopping), decrypting.ResponseStream.MoveNext(Stopping), subscribing.ResponseStream.MoveNext(Stopping)])
        {
            var failure = await Assert.ThrowsAsync<RpcException>(() => answer.WaitAsync(TimeSpan.FromSeconds(20), Stopping));
            Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
        }
    }

    private static EncryptRequest[] Messages(string what) => what switch
    {
        "no message" => [],
        "no options" => [new EncryptRequest { Payload = Payload([1], 0) }],
        "no key" => [new EncryptRequest { Options = Options("keys", "", "AES") }],
        "no algorithm" => [new EncryptRequest { Options = Options("keys", "kek", "") }],
        "no component" => [new EncryptRequest { Options = Options("", "kek", "AES") }],
        "another component" => [new EncryptRequest { Options = Options("other", "kek", "AES") }],
        "another algorithm" => [new EncryptRequest { Options = Options("keys", "kek", "A1") }],
        "a number left out" => [new EncryptRequest { Options = _aes, Payload = Payload([1], 0) }, new EncryptRequest { Payload = Payload([1], 2) }],
        "a number again" => [new EncryptRequest { Options = _aes, Payload = Payload([1], 0) }, new EncryptRequest { Payload = Payload([1], 0) }],
        "not from 0" => [new EncryptRequest { Options = _aes, Payload = Payload([1], 1) }],
        _ => [new EncryptRequest { Options = _aes, Payload = Payload([1], 0) }, new EncryptRequest { Options = _aes, Payload = Payload([1], 1) }],
    };

    internal static async Task<Answer> EncryptAsync(DaprClient client, byte[] data, string key, string algorithm)
    {
        using var call = client.Api.EncryptAlpha1(cancellationToken: Stopping);
        await call.RequestStream.WriteAsync(new EncryptRequest { Options = Options("keys", key, algorithm), Payload = Payload(data, 0) }, Stopping);
        await call.RequestStream.CompleteAsync();
        return await CollectAsync(call.ResponseStream, message => message.Payload);
    }

    private static async Task<Answer> DecryptAsync(DaprClient client, byte[] document, string key = "")
    {
        using var call = client.Api.DecryptAlpha1(cancellationToken: Stopping);
        var half = document.Length / 2;
        await call.RequestStream.WriteAsync(new DecryptRequest { Options = new DecryptRequestOptions { ComponentName = "keys", KeyName = key }, Payload = Payload(document[..half], 0) }, Stopping);
        await call.RequestStream.WriteAsync(new DecryptRequest { Payload = Payload(document[half..], 1) }, Stopping);
        await call.RequestStream.CompleteAsync();
        return await CollectAsync(call.ResponseStream, message => message.Payload);
    }

    private static async Task<Answer> CollectAsync<T>(IAsyncStreamReader<T> answers, Func<T, StreamPayload> payloadOf)
    {
        var (data, messages) = (new List<byte>(), 0);
        try
        {
            while (await answers.MoveNext(Stopping))
            {
                Assert.Equal((ulong)messages++, payloadOf(answers.Current).Seq);
                data.AddRange(payloadOf(answers.Current).Data.Span);
            }

            return new Answer([.. data], messages, null);
        }
        catch (RpcException failure)
        {
            return new Answer([.. data], messages, failure);
        }
    }

    private static (StatusCode, string) Refusal(RpcException? failure) => (failure?.StatusCode ?? StatusCode.OK, failure?.Status.Detail ?? string.Empty);

    private static EncryptRequestOptions Options(string component, string key, string algorithm) => new() { ComponentName = component, KeyName = key, KeyWrapAlgorithm = algorithm };

    private static StreamPayload Payload(byte[] data, ulong number) => new() { Data = ByteString.CopyFrom(data), Seq = number };

    internal sealed record Answer(byte[] Data, int Messages, RpcException? Failure);
}
