using System.Security.Cryptography;
using System.Text;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Preflight;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Rig;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary><c>crypto.dapr.jwks</c>: a set in the component, in a file or behind a URL.</summary>
public sealed class JwksKeysTests
{
    private static readonly byte[] _fileKey = new byte[32];
    private static readonly byte[] _one = [.. Enumerable.Repeat((byte)1, 32)];
    private static readonly byte[] _other = [.. Enumerable.Repeat((byte)2, 32)];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private static string Set => Jwk.Set(Jwk.Of(_one, ""","kid":"a" """), Jwk.Of(_other, ""","kid":"b" """), Jwk.Of(_other, ""","kid":"a" """), Jwk.Of(_one), """{"kty":"new","kid":"n"}""");

    public static TheoryData<string> Forms() => [Set, Convert.ToBase64String(Encoding.UTF8.GetBytes(Set)), "file"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Key_IsFoundByItsId(string set)
    {
        using var folder = new TemporaryFolder();
        var keys = Keys(folder, set == "file" ? folder.Write("set.json", Set) : set);

        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(keys, "a"));
        Assert.Equal(AesKeyWrap.Wrap(_other, _fileKey), await WrapAsync(keys, "b"));
        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(keys, "a")); // still, after it was disposed
        foreach (var unknown in (string[])["n", "", "A"])
        {
            Assert.Equal("key not found", (await Assert.ThrowsAsync<KeyException>(() => WrapAsync(keys, unknown))).Message);
        }
    }

    [Fact]
    public async Task SingleKey_IsASetOfOne()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(Keys(folder, Jwk.Of(_one, ""","kid":"a" """)), "a"));
    }

    [Theory]
    [InlineData(""","use":"enc" """, null, null)]
    [InlineData(""","use":"sig" """, "key cannot perform the 'wrapKey' operation", "key cannot perform the 'unwrapKey' operation")]
    [InlineData(""","key_ops":["wrapKey"]""", null, "key cannot perform the 'unwrapKey' operation")]
    [InlineData(""","key_ops":["unwrapKey"]""", "key cannot perform the 'wrapKey' operation", null)]
    [InlineData(""","key_ops":["encrypt","decrypt"]""", "key cannot perform the 'wrapKey' operation", "key cannot perform the 'unwrapKey' operation")]
    [InlineData(""","key_ops":["wrapKey","unwrapKey"],"use":"sig" """, "key cannot perform the 'wrapKey' operation", "key cannot perform the 'unwrapKey' operation")]
    [InlineData(""","alg":"A256KW" """, null, null)]
    [InlineData(""","alg":"A256GCM" """, "key cannot be used with algorithm 'A256KW'", "key cannot be used with algorithm 'A256KW'")]
    public async Task Key_IsUsedForWhatItSaysAlone(string says, string? wrapping, string? unwrapping)
    {
        using var folder = new TemporaryFolder();
        using var key = await Keys(folder, Jwk.Of(_one, ""","kid":"a" """ + says)).FindAsync("a", Stopping);
        var wrapped = AesKeyWrap.Wrap(_one, _fileKey);

        Assert.Equal(wrapping, Complaint(() => key.Wrap(_fileKey, KeyWrapAlgorithm.Aes256KeyWrap)));
        Assert.Equal(unwrapping, Complaint(() => key.Unwrap(wrapped, KeyWrapAlgorithm.Aes256KeyWrap)));

        static string? Complaint(Action use)
        {
            try
            {
                use();
                return null;
            }
            catch (KeyException problem)
            {
                return problem.Message;
            }
        }
    }

    [Theory]
    [InlineData("secret-but-no-set")]
    [InlineData("{\"keys\":{}}")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"%secret%\"}]}")]
    [InlineData("{\"keys\":[1]}")]
    [InlineData("{\"keys\":[{}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"secret00\",\"kid\":\"\\ud800\"}]}")]
    [InlineData("{\"\\udc00secret\":1}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"secret00\",\"e\":\"\"}]}")]
    public void Set_ThatIsNone_IsRefusedAtTheStart_WithoutWhatIsInIt(string set)
    {
        using var folder = new TemporaryFolder();

        foreach (var form in (string[])[set, folder.Write("set.json", set)])
        {
            var refusal = Assert.Throws<ResourceException>(() => Load(folder, form));
            Assert.Equal(ProblemRules.MetadataInvalid, refusal.Rule);
            Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("requestTimeout", "soon")]
    [InlineData("minRefreshInterval", "10 minutes")]
    public void Duration_ThatIsNone_IsRefusedAtTheStart(string name, string value)
    {
        using var folder = new TemporaryFolder();

        Assert.Contains($"'{name}' of the component 'keys' is '{value}'; allowed is a duration such as 30s.", Assert.Throws<ResourceException>(() => Load(folder, Set, (name, value))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_ThatChanges_IsReadAgain_AndLeavesTheKeysWhenItIsBroken()
    {
        using var folder = new TemporaryFolder();
        var keys = Keys(folder, folder.Write("set.json", Jwk.Of(_one, ""","kid":"a" """)));
        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(keys, "a"));

        Write(Jwk.Of(_other, ""","kid":"a" """), 1);
        Assert.Equal(AesKeyWrap.Wrap(_other, _fileKey), await WrapAsync(keys, "a"));
        Write("{\"keys\":[", 2);
        Assert.Equal(AesKeyWrap.Wrap(_other, _fileKey), await WrapAsync(keys, "a"));
        File.Delete(folder.PathOf("set.json"));
        Assert.Equal(AesKeyWrap.Wrap(_other, _fileKey), await WrapAsync(keys, "a"));
        Write(Jwk.Of(_one, ""","kid":"a" """), 3);
        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(keys, "a"));

        void Write(string text, int later) => File.SetLastWriteTimeUtc(folder.Write("set.json", text), DateTime.UtcNow.AddSeconds(later)); // no clock tick is waited for
    }

    [Fact]
    public async Task Url_IsAskedWhenAKeyIsNeeded_AndAgainWhenTheIntervalIsOver()
    {
        await using var server = new KeySetServer { Set = Jwk.Of(_one, ""","kid":"a" """) };
        var time = new FakeTimeProvider();
        using var set = UrlSet(server, time);
        Assert.Empty(server.Requests);

        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(new JwksKeys(set), "a"));
        server.Set = Jwk.Of(_other, ""","kid":"a" """);
        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(new JwksKeys(set), "a"));
        Assert.Single(server.Requests);

        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(AesKeyWrap.Wrap(_other, _fileKey), await WrapAsync(new JwksKeys(set), "a"));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Url_ThatFails_IsAnError_UntilItHasAnswered_AndThenLeavesTheKeys()
    {
        await using var server = new KeySetServer { Status = 500 };
        var time = new FakeTimeProvider();
        using var set = UrlSet(server, time);
        var keys = new JwksKeys(set);

        Assert.Contains("cannot be had: it answered 500", (await Assert.ThrowsAsync<CryptoException>(() => WrapAsync(keys, "a"))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CryptoException>(() => WrapAsync(keys, "a"));
        Assert.Single(server.Requests); // asked once for all that come at that time
        time.Advance(TimeSpan.FromSeconds(1));
        (server.Status, server.Set) = (200, "<h1>no set</h1>");
        Assert.Contains("cannot be had: it is no JSON", (await Assert.ThrowsAsync<CryptoException>(() => WrapAsync(keys, "a"))).Message, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(1));
        server.Set = new string(' ', KeySetFile.MaxLength + 1) + "{}";
        await Assert.ThrowsAsync<CryptoException>(() => WrapAsync(keys, "a"));
        time.Advance(TimeSpan.FromSeconds(1));
        server.Set = Jwk.Of(_one, ""","kid":"a" """);
        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(keys, "a"));

        server.Status = 503;
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(keys, "a"));
        Assert.Equal(5, server.Requests.Count);
    }

    /// <summary>The first one to ask is no reason for the others to wait longer, or for the server to be asked more often.</summary>
    [Fact]
    public async Task Url_IsAskedOnce_HoweverManyCallersComeAndGo()
    {
        await using var server = new KeySetServer { Set = Jwk.Of(_one, ""","kid":"a" """), Pace = TimeSpan.FromMilliseconds(20) };
        using var set = UrlSet(server, TimeProvider.System);
        var keys = new JwksKeys(set);

        for (var i = 0; i < 5; i++)
        {
            using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await keys.FindAsync("a", leaving.Token));
        }

        var wrapped = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(() => WrapAsync(keys, "a"))));

        Assert.All(wrapped, bytes => Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), bytes));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Url_ThatDoesNotEnd_IsNotWaitedForLongerThanItsTime_AndWithKeysNotSoLong()
    {
        await using var server = new KeySetServer { Set = Jwk.Of(_one, ""","kid":"a" """), Pace = TimeSpan.FromMilliseconds(50) };
        using var impatient = new KeySetUrl(Address(server), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger.Instance);
        Assert.EndsWith("cannot be had: it did not answer in time", (await Assert.ThrowsAsync<CryptoException>(() => WrapAsync(new JwksKeys(impatient), "a"))).Message, StringComparison.Ordinal);

        server.Pace = TimeSpan.Zero;
        var time = new FakeTimeProvider();
        using var set = UrlSet(server, time);
        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(new JwksKeys(set), "a"));
        (server.Set, server.Pace) = (Jwk.Of(_other, ""","kid":"a" """), TimeSpan.FromHours(1));
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(AesKeyWrap.Wrap(_one, _fileKey), await WrapAsync(new JwksKeys(set), "a").WaitAsync(TimeSpan.FromSeconds(20), Stopping));
    }

    [Fact]
    public async Task Url_ThatLeadsElsewhere_IsNotFollowed()
    {
        await using var elsewhere = new KeySetServer { Set = Jwk.Of(_one, ""","kid":"a" """) };
        await using var server = new KeySetServer { Status = 302, More = $"Location: http://127.0.0.1:{elsewhere.Port}/set\r\n" };
        using var set = UrlSet(server, TimeProvider.System);

        Assert.Contains("it answered 302", (await Assert.ThrowsAsync<CryptoException>(() => WrapAsync(new JwksKeys(set), "a"))).Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    /// <summary>It is allowed without TLS because nobody is on the way.</summary>
    [Fact]
    public async Task Url_OfThisMachine_IsNotAskedOverAProxy()
    {
        await using var server = new KeySetServer { Set = Jwk.Of(_one, ""","kid":"a" """) };
        await using var proxy = new KeySetServer { Set = Jwk.Of(_other, ""","kid":"a" """) };
        using var folder = new TemporaryFolder();
        folder.Write("resources/keys.yaml", CryptoRig.Component("keys", "jwks", ("jwks", Address(server).ToString())));
        await using var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--resources-path", folder.PathOf("resources")], Stopping, environment: new Dictionary<string, string> { ["http_proxy"] = $"http://127.0.0.1:{proxy.Port}" });

        var answer = await RawClient.SendAsync(sidecar.HttpPort, "PUT", "/v1.0-alpha1/crypto/keys/encrypt", "x", Stopping, ("dapr-key-name", "a"), ("dapr-key-wrap-algorithm", "AES"));

        Assert.Equal((200, 1, 0), (answer.Status, server.Requests.Count, proxy.Requests.Count));
    }

    /// <summary>What the file has is not lost by a caller who goes away while it is read.</summary>
    [Fact]
    public async Task File_ThatChanges_IsReadAgain_WhoeverGoesAwayMeanwhile()
    {
        using var folder = new TemporaryFolder();
        var keys = Keys(folder, folder.Write("set.json", Jwk.Of(_one, ""","kid":"a" """)));

        for (var round = 1; round <= 400; round++)
        {
            var key = new byte[32];
            key[0] = (byte)round;
            File.SetLastWriteTimeUtc(folder.Write("set.json", Jwk.Of(key, ""","kid":"a" """)), DateTime.UtcNow.AddSeconds(round));
            using var leaving = new CancellationTokenSource();
            var going = LeaveAsync(leaving, round * 20);
            try
            {
                (await keys.FindAsync("a", leaving.Token)).Dispose();
            }
            catch (OperationCanceledException)
            {
                // As wanted.
            }

            await going;
            Assert.Equal(AesKeyWrap.Wrap(key, _fileKey), await WrapAsync(keys, "a"));
        }

        static async Task LeaveAsync(CancellationTokenSource leaving, int iterations)
        {
            await Task.Yield();
            Thread.SpinWait(iterations);
            await leaving.CancelAsync();
        }
    }

    [Fact]
    public void Url_WithoutTls_IsRefused_UnlessItIsOfThisMachine()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains("keys.example is asked without TLS", Assert.Throws<ResourceException>(() => Load(folder, "http://keys.example/set")).Message, StringComparison.Ordinal);
        Assert.Contains(Check(folder, "http://keys.example/set"), finding => finding is { Rule.Id: "metadata-invalid", Severity: Severity.Error });
        Assert.Empty(Check(folder, "http://127.0.0.1:1/set"));
        Assert.Empty(Check(folder, "https://keys.example/set"));
    }

    [Fact]
    public void Set_WithSecretKeysInTheComponent_IsAWarning_APublicOneIsNot()
    {
        using var folder = new TemporaryFolder();
        using var rsa = RSA.Create(2048);
        string Of(bool isPrivate) => Jwk.Set(Jwk.Of(rsa.ExportParameters(isPrivate), ""","kid":"a" """));

        Assert.Contains(Check(folder, Set), finding => finding is { Rule.Id: "plain-text-secret", Severity: Severity.Warning });
        Assert.Contains(Check(folder, Of(isPrivate: true)), finding => finding.Rule.Id == "plain-text-secret");
        Assert.Empty(Check(folder, Of(isPrivate: false)));
    }

    private static IReadOnlyList<Finding> Check(TemporaryFolder folder, string set)
    {
        folder.Write("resources/keys.yaml", CryptoRig.Component("keys", "jwks", ("jwks", set)));
        return new ResourceCheck(new SidecarOptions { AppId = "app", ResourcesPaths = [folder.PathOf("resources")] }, PreflightTarget.Embedded, _ => null).Run();
    }

    private static Uri Address(KeySetServer server) => new($"http://127.0.0.1:{server.Port}/set");

    private static KeySetUrl UrlSet(KeySetServer server, TimeProvider time)
        => new(Address(server), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10), time, NullLogger.Instance);

    private static ICryptoProvider Keys(TemporaryFolder folder, string set) => Load(folder, set).Embedded.Find<ICryptoProvider>("keys")!;

    private static RuntimeSnapshot Load(TemporaryFolder folder, string set, params (string, string)[] more)
    {
        folder.Write("resources/keys.yaml", CryptoRig.Component("keys", "jwks", [("jwks", set), .. more]));
        return Loading.Load(["--app-id", "app", "--resources-path", folder.PathOf("resources")]);
    }

    private static async Task<byte[]> WrapAsync(ICryptoProvider keys, string id)
    {
        using var key = await keys.FindAsync(id, Stopping);
        return key.Wrap(_fileKey, KeyWrapAlgorithm.Aes256KeyWrap);
    }

    private sealed class KeySetServer : RawServer
    {
        public int Status { get; set; } = 200;

        public string Set { get; set; } = string.Empty;

        public string More { get; set; } = string.Empty;

        /// <summary>Between two bytes of the set.</summary>
        public TimeSpan Pace { get; set; }

        protected override async Task<bool> AnswerAsync(RawRequest request, RawConnection connection)
        {
            var head = $"HTTP/1.1 {Status} Status\r\n{More}Content-Length: {Set.Length}\r\n\r\n";
            if (Pace == TimeSpan.Zero)
            {
                await connection.WriteAsync(head + Set);
                return true;
            }

            await connection.WriteAsync(head);
            foreach (var character in Set)
            {
                await Task.Delay(Pace, connection.Stopping);
                await connection.WriteAsync(character.ToString());
            }

            return true;
        }
    }
}
