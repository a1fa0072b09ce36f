using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Metrics;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary>Encrypting and decrypting over HTTP.</summary>
public sealed class CryptoApiTests(CryptoSidecar running) : IClassFixture<CryptoSidecar>
{
    private const string Encrypt = "/v1.0-alpha1/crypto/keys/encrypt";
    private const string Decrypt = "/v1.0-alpha1/crypto/keys/decrypt";

    private static readonly (string, string)[] _aes = [("dapr-key-name", "kek"), ("dapr-key-wrap-algorithm", "aes")];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("kek", "AES", "")]
    [InlineData("rsa.pem", "rsa-oaep-256", "chacha20-poly1305")]
    public async Task Data_AreEncryptedAndDecrypted(string key, string algorithm, string cipher)
    {
        var data = CryptoRig.Data(200_000);

        var encrypted = await PutAsync(running.Process, Encrypt, data, ("dapr-key-name", key), ("dapr-key-wrap-algorithm", algorithm), ("dapr-data-encryption-cipher", cipher));
        var decrypted = await PutAsync(running.Process, Decrypt, encrypted.Body);

        Assert.Equal((200, "application/octet-stream"), (encrypted.Status, encrypted.Header("Content-Type")));
        Assert.Equal((200, "application/octet-stream"), (decrypted.Status, decrypted.Header("Content-Type")));
        Assert.StartsWith("dapr.io/enc/v1\n", Encoding.Latin1.GetString(encrypted.Body), StringComparison.Ordinal);
        Assert.Equal(data, decrypted.Body);
    }

    [Theory]
    [InlineData("dapr-omit-decryption-key-name", " TRUE ", null)]
    [InlineData("dapr-omit-decryption-key-name", "y", null)]
    [InlineData("dapr-omit-decryption-key-name", "false", "kek")]
    [InlineData("dapr-decryption-key-name", "schl\u00fcssel", "schl\u00fcssel")]
    public async Task Headers_SayWhichKeyTheDocumentNames(string header, string value, string? named)
    {
        var encrypted = await PutAsync(running.Process, Encrypt, [1, 2, 3], [.. _aes, (header, Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value)))]);
        var decrypted = await PutAsync(running.Process, Decrypt, encrypted.Body, ("dapr-key-name", "kek"));

        Assert.Equal(named, (string?)JsonNode.Parse(encrypted.Text.Split('\n')[1])!["k"]);
        Assert.Equal([1, 2, 3], decrypted.Body);
    }

    [Theory]
    [InlineData("keys/encrypt", "", "", 400, "ERR_BAD_REQUEST", "invalid request: missing header 'dapr-key-name'")]
    [InlineData("keys/encrypt", "kek", "", 400, "ERR_BAD_REQUEST", "invalid request: missing header 'dapr-key-wrap-algorithm'")]
    [InlineData("other/encrypt", "", "", 400, "ERR_CRYPTO_PROVIDER_NOT_FOUND", "crypto provider other not found")]
    [InlineData("other/decrypt", "", "", 400, "ERR_CRYPTO_PROVIDER_NOT_FOUND", "crypto provider other not found")]
    [InlineData("keys/encrypt", "kek", "none", 500, "ERR_CRYPTO", "failed to perform operation: option Algorithm is not valid: algorithm NONE is not supported")]
    [InlineData("keys/encrypt", "no", "AES", 500, "ERR_CRYPTO", "failed to perform operation: failed to wrap the file key: failed to retrieve the key encryption key: failed to load key 'no': no such file")]
    [InlineData("keys/decrypt", "kek", "", 500, "ERR_CRYPTO", "failed to perform operation: invalid header: scheme name not found")]
    [InlineData("keys/sign", "kek", "", 404, "ERR_DIRECT_INVOKE", "failed getting app id either from the URL path or the header dapr-app-id")]
    public async Task Error_IsDaprs(string path, string key, string algorithm, int status, string code, string message)
    {
        var answer = await PutAsync(running.Process, "/v1.0-alpha1/crypto/" + path, [1], [.. key.Length > 0 ? [("dapr-key-name", key)] : Array.Empty<(string, string)>(), .. algorithm.Length > 0 ? [("dapr-key-wrap-algorithm", algorithm)] : Array.Empty<(string, string)>()]);

        Assert.Equal((status, code, message), (answer.Status, (string?)JsonNode.Parse(answer.Text)!["errorCode"], (string?)JsonNode.Parse(answer.Text)!["message"]));
    }

    /// <summary>The first segment is good, and its data do not come either.</summary>
    [Fact]
    public async Task Document_WhoseEndIsCutOff_IsAnError_WithoutAnyOfItsData()
    {
        var answer = await PutAsync(running.Process, Decrypt, CryptoRig.Recorded("kek-gcm-65537.enc")[..^1]);

        Assert.Equal(500, answer.Status);
        Assert.Equal("""{"errorCode":"ERR_CRYPTO","message":"failed to perform operation: error processing segment 1: failed to decrypt segment"}""", answer.Text);
    }

    [Fact]
    public async Task Body_LargerThanAllowed_Is413()
    {
        var answer = await PutAsync(running.Process, Encrypt, new byte[(4 * 1024 * 1024) + 1], _aes);

        Assert.Equal(413, answer.Status);
    }

    /// <summary>A length is only what a caller says.</summary>
    [Fact]
    public async Task Body_ThatIsPromisedAndDoesNotCome_TakesNoMemory()
    {
        await using var sidecar = new CryptoSidecar();
        await sidecar.InitializeAsync();
        await PutAsync(sidecar.Process, Encrypt, [1], _aes);
        using var memory = new ProcessMemory(sidecar.Process.Id);

        foreach (var length in (long[])[4 * 1024 * 1024, 64 * 1024 * 1024, long.MaxValue])
        {
            var callers = Enumerable.Range(0, 60).Select(_ => new TcpClient()).ToArray();
            foreach (var caller in callers)
            {
                await caller.ConnectAsync(IPAddress.Loopback, sidecar.Process.HttpPort, Stopping);
                await caller.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"PUT {Encrypt} HTTP/1.1\r\nHost: localhost\r\ndapr-key-name: kek\r\ndapr-key-wrap-algorithm: AES\r\nContent-Length: {length}\r\n\r\nx"), Stopping);
            }

            await Task.Delay(500, Stopping);
            memory.Sample();
            foreach (var caller in callers)
            {
                caller.Dispose();
            }

            await Task.Delay(500, Stopping);
            memory.Sample();
        }

        Assert.InRange(memory.ExtraBytes, 0, 64 * 1024 * 1024);
        Assert.Equal(200, (await PutAsync(sidecar.Process, Encrypt, [1], _aes)).Status);
    }

    [Fact]
    public async Task Callers_WhoGoAwayInTheMiddle_AreNoErrorsOfTheSidecar()
    {
        await using var sidecar = new CryptoSidecar();
        await sidecar.InitializeAsync();
        using var client = new DaprClient(sidecar.Process);
        var document = await PutAsync(sidecar.Process, Encrypt, CryptoRig.Data(200_000), _aes);

        await Parallel.ForEachAsync(Enumerable.Range(0, LongRun.Or(1000, 200)), new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = Stopping }, async (number, stopping) =>
        {
            if (number % 2 == 0)
            {
                using var caller = new TcpClient { LingerState = new LingerOption(number % 4 == 0, 0) }; // with a reset, or in good order
                await caller.ConnectAsync(IPAddress.Loopback, sidecar.Process.HttpPort, stopping);
                await caller.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"PUT {Decrypt} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {document.Body.Length}\r\n\r\n"), stopping);
                await caller.GetStream().WriteAsync(document.Body.AsMemory(0, number * 100), stopping);
            }
            else
            {
                using var call = client.Api.DecryptAlpha1(cancellationToken: stopping);
                await call.RequestStream.WriteAsync(new DecryptRequest { Options = new DecryptRequestOptions { ComponentName = "keys" }, Payload = new StreamPayload { Data = UnsafeByteOperations.UnsafeWrap(document.Body.AsMemory(0, number * 100)) } }, stopping);
            }
        });

        Assert.Equal(CryptoRig.Data(200_000), (await PutAsync(sidecar.Process, Decrypt, document.Body)).Body);
        string[] problems = [.. sidecar.Process.Output.Split('\n').Where(line => line.Contains("level=error", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal))];
        Assert.True(problems.Length == 0, string.Join('\n', problems));
    }

    [Fact]
    public async Task WithoutAComponent_NothingIsConfigured()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping);

        var answer = await PutAsync(sidecar, Encrypt, [1], _aes);

        Assert.Equal((500, """{"errorCode":"ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED","message":"crypto providers not configured"}"""), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Metadata_Metrics_AndTheLog_TellOfIt_WithoutAnythingSecret()
    {
        await using var sidecar = new CryptoSidecar();
        await sidecar.InitializeAsync();

        await PutAsync(sidecar.Process, Encrypt, Encoding.ASCII.GetBytes("very-secret-data"), _aes);
        await PutAsync(sidecar.Process, Decrypt, CryptoRig.Recorded("kek-gcm-100.enc"));
        await PutAsync(sidecar.Process, Decrypt, CryptoRig.Recorded("kek-gcm-100.enc"), ("dapr-key-name", "rsa.pem"));
        var metadata = await RawClient.GetAsync(sidecar.Process.HttpPort, "/v1.0/metadata", Stopping);

        Assert.Contains("""{"name":"keys","type":"crypto.dapr.localstorage","version":"v1"}""", metadata.Text, StringComparison.Ordinal);
        await MetricsPort.HoldsAsync(
            sidecar.Process,
            Stopping,
            """dapr_component_crypto_count{app_id="app",component="keys",namespace="default",operation="crypto_op",success="true"} 2""",
            """dapr_component_crypto_count{app_id="app",component="keys",namespace="default",operation="crypto_op",success="false"} 1""",
            """dapr_component_crypto_latencies_count{app_id="app",component="keys",namespace="default",operation="crypto_op",success="true"} 2""");
        Assert.Contains("cannot be unwrapped by keys with its key rsa.pem: key type mismatch", sidecar.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret-data", sidecar.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Encoding.ASCII.GetString(CryptoRig.Recorded("kek")).Trim(), sidecar.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  api: { denied: [{ name: crypto, version: v1alpha1 }] }\n", "", 404)]
    [InlineData("  api: { allowed: [{ name: crypto, version: v1.0-alpha1 }] }\n", "", 200)]
    [InlineData("  httpPipeline: { handlers: [{ name: rule, type: middleware.http.routerchecker }] }\n", "^/v1.0-alpha1/crypto/keys/decrypt$", 400)]
    [InlineData("  httpPipeline: { handlers: [{ name: rule, type: middleware.http.routerchecker }] }\n", "^/v1.0-alpha1/crypto/keys/encrypt$", 200)]
    public async Task Configuration_ClosesIt_OverHttpAndGrpc(string spec, string rule, int status)
    {
        using var folder = new TemporaryFolder();
        CryptoRig.CopyKeys(folder, "keys");
        folder.Write("resources/keys.yaml", CryptoRig.Component("keys", "localstorage", ("path", folder.PathOf("keys"))));
        if (rule.Length > 0)
        {
            folder.Write("resources/rule.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: rule\nspec:\n  type: middleware.http.routerchecker\n  version: v1\n  metadata: [{{ name: rule, value: '{rule}' }}]\n");
        }

        folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n{spec}");
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")], Stopping);
        using var client = new DaprClient(sidecar);

        var overHttp = await PutAsync(sidecar, Encrypt, [1], _aes);
        var overGrpc = await CryptoGrpcTests.EncryptAsync(client, [1], "kek", "AES");

        Assert.Equal(status, overHttp.Status);
        Assert.Equal(status == 200, overGrpc.Failure is null);
        Assert.Equal(status == 200, overGrpc.Data.Length > 0);
    }

    [Fact]
    public async Task ApiToken_IsNeeded()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping, environment: new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "token" });

        Assert.Equal(401, (await PutAsync(sidecar, Encrypt, [1], _aes)).Status);
        Assert.Equal(500, (await PutAsync(sidecar, Encrypt, [1], [.. _aes, ("dapr-api-token", "token")])).Status);
    }

    private static Task<RawResponse> PutAsync(SidecarProcess sidecar, string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var head = $"PUT {path} HTTP/1.1\r\nHost: localhost:{sidecar.HttpPort}\r\nContent-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n{string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n"))}\r\n";
        return RawClient.SendAsync(sidecar.HttpPort, [.. Encoding.Latin1.GetBytes(head), .. body], isHead: false, Stopping);
    }
}
