using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary><c>crypto.dapr.localstorage</c>: which files are keys, and that no other is read.</summary>
public sealed class LocalStorageKeysTests
{
    private static readonly byte[] _fileKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[], byte[]> Symmetric() => new()
    {
        { "as it is", Raw('{'), Raw('{') },
        { "as it is, with a line end", [.. Raw('a')[..31], (byte)'\n'], [.. Raw('a')[..31], (byte)'\n'] },
        { "base64", Encoding.ASCII.GetBytes(Convert.ToBase64String(Raw(0xFB)) + "\n"), Raw(0xFB) },
        { "base64 in lines", Encoding.ASCII.GetBytes(Convert.ToBase64String(Raw(1)).Insert(10, "\r\n")), Raw(1) },
        { "base64url", Encoding.ASCII.GetBytes(Convert.ToBase64String(Raw(0xFB)).TrimEnd('=').Replace('+', '-').Replace('/', '_')), Raw(0xFB) },
        { "base64 with bits left over", Encoding.ASCII.GetBytes(Convert.ToBase64String(Raw(1)).TrimEnd('=')[..^1] + "B"), [.. Raw(1)[..31], (byte)(Raw(1)[31] & 0xF0)] },
        { "a JSON Web Key", Encoding.ASCII.GetBytes($"{{\"kty\":\"oct\",\"k\":\"{Convert.ToBase64String(Raw(3)).TrimEnd('=')}\"}}"), Raw(3) },
    };

    [Theory]
    [MemberData(nameof(Symmetric))]
    public async Task SymmetricKey_IsReadAsDaprReadsIt(string what, byte[] content, byte[] key)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("keys"));
        await File.WriteAllBytesAsync(folder.PathOf("keys/key"), content, Stopping);

        using var found = await Keys(folder).FindAsync("key", Stopping);

        Assert.True(AesKeyWrap.Wrap(key, _fileKey).SequenceEqual(found.Wrap(_fileKey, KeyWrapAlgorithm.Aes256KeyWrap)), what);
    }

    [Theory]
    [InlineData("pkcs8")]
    [InlineData("pkcs1")]
    [InlineData("jwk")]
    public async Task PrivateKey_WrapsAndUnwraps(string form)
    {
        using var rsa = RSA.Create(2048);
        using var folder = new TemporaryFolder();
        folder.Write("keys/key." + (form == "jwk" ? "json" : "txt"), form switch
        {
            "pkcs8" => rsa.ExportPkcs8PrivateKeyPem(),
            "pkcs1" => rsa.ExportRSAPrivateKeyPem(),
            _ => Jwk.Of(rsa.ExportParameters(includePrivateParameters: true)),
        });

        using var key = await Keys(folder).FindAsync("key." + (form == "jwk" ? "json" : "txt"), Stopping);

        Assert.Equal(_fileKey, key.Unwrap(rsa.Encrypt(_fileKey, RSAEncryptionPadding.OaepSHA256), KeyWrapAlgorithm.RsaOaep256));
        Assert.Equal(_fileKey, rsa.Decrypt(key.Wrap(_fileKey, KeyWrapAlgorithm.RsaOaep256), RSAEncryptionPadding.OaepSHA256));
    }

    [Theory]
    [InlineData("pkix")]
    [InlineData("pkcs1")]
    [InlineData("certificate")]
    [InlineData("jwk")]
    public async Task PublicKey_WrapsOnly(string form)
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=a", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        using var folder = new TemporaryFolder();
        folder.Write("keys/key", form switch
        {
            "pkix" => rsa.ExportSubjectPublicKeyInfoPem(),
            "pkcs1" => rsa.ExportRSAPublicKeyPem(),
            "certificate" => certificate.ExportCertificatePem(),
            _ => Jwk.Of(rsa.ExportParameters(includePrivateParameters: false)),
        });

        using var key = await Keys(folder).FindAsync("key", Stopping);
        var wrapped = key.Wrap(_fileKey, KeyWrapAlgorithm.RsaOaep256);

        Assert.Equal(_fileKey, rsa.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256));
        Assert.Equal("key type mismatch: unwrapping takes a private key", Assert.Throws<KeyException>(() => key.Unwrap(wrapped, KeyWrapAlgorithm.RsaOaep256)).Message);
    }

    /// <summary>A JSON Web Key has its numbers without the zeros at their front.</summary>
    [Fact]
    public async Task JsonWebKey_WithAShorterNumber_IsTheSameKey()
    {
        RSA rsa;
        while (true)
        {
            rsa = RSA.Create(1024);
            var parameters = rsa.ExportParameters(includePrivateParameters: true);
            if (parameters.D![0] == 0 || parameters.DP![0] == 0 || parameters.DQ![0] == 0 || parameters.InverseQ![0] == 0)
            {
                break;
            }

            rsa.Dispose();
        }

        using var folder = new TemporaryFolder();
        folder.Write("keys/key.json", Jwk.Of(rsa.ExportParameters(includePrivateParameters: true)));
        using var key = await Keys(folder).FindAsync("key.json", Stopping);
        var wrapped = rsa.Encrypt(_fileKey, RSAEncryptionPadding.OaepSHA256);
        rsa.Dispose();

        Assert.Equal(_fileKey, key.Unwrap(wrapped, KeyWrapAlgorithm.RsaOaep256));
        Assert.Equal("failed to encrypt data: an RSA key has at least 2048 bits, this one 1024", Assert.Throws<KeyException>(() => key.Wrap(_fileKey, KeyWrapAlgorithm.RsaOaep256)).Message);
    }

    [Theory]
    [InlineData("a.json", "{\"kty\":\"oct\"}", "failed to parse key 'a.json': 'k' is missing")]
    [InlineData("a.json", "{\"kty\":\"oct\",\"k\":\"%secret%\"}", "failed to parse key 'a.json': 'k' is no base64url")]
    [InlineData("a.json", "{\"kty\":\"RSA\",\"n\":\"secret0\",\"e\":\"AQAB\",\"d\":\"secret0\"}", "failed to parse key 'a.json': 'p' is missing")]
    [InlineData("a.json", "{\"kty\":\"secret\"}", "failed to parse key 'a.json': 'kty' is none of oct, RSA, EC and OKP")]
    [InlineData("a.json", "{\"secret", "failed to parse key 'a.json': it is no JSON")]
    [InlineData("a.json", "{\"kty\":\"oct\",\"k\":\"secret00\",\"alg\":\"\\ud800\"}", "failed to parse key 'a.json': it is no JSON")]
    [InlineData("a.json", "{\"\\udc00secret\":1}", "failed to parse key 'a.json': it is no JSON")]
    [InlineData("a.json", "{\"kty\":\"RSA\",\"n\":\"secret00\",\"e\":\"\"}", "failed to parse key 'a.json': 'e' is missing")]
    [InlineData("a.json", "[\"secret\"]", "failed to parse key 'a.json': it is no JSON object")]
    [InlineData("a.pem", "secret", "failed to parse key 'a.pem': it is no RSA key or certificate in PEM, or is encrypted")]
    [InlineData("a", "-----BEGIN secret", "failed to parse key 'a': it is no RSA key or certificate in PEM, or is encrypted")]
    [InlineData("a", "\n", "failed to parse key 'a': key is empty")]
    [InlineData("a", "", "failed to load key 'a': it is empty")]
    public async Task File_ThatIsNoKey_IsRefused_WithoutWhatIsInIt(string name, string content, string reason)
    {
        using var folder = new TemporaryFolder();
        folder.Write("keys/" + name, content);

        Assert.Equal(reason, await RefusedAsync(folder, name));
    }

    [Fact]
    public void File_MutatedAnyhow_IsAKeyOrRefused()
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=a", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        using var other = new CertificateRequest("CN=a", curve, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        string[] seeds =
        [
            Jwk.Of(rsa.ExportParameters(includePrivateParameters: true), ""","kid":"a","key_ops":["wrapKey"]"""), Jwk.Of(Raw(1), ""","alg":"A256KW" """), rsa.ExportPkcs8PrivateKeyPem(), rsa.ExportRSAPrivateKeyPem(),
            rsa.ExportSubjectPublicKeyInfoPem(), rsa.ExportRSAPublicKeyPem(), certificate.ExportCertificatePem(), other.ExportCertificatePem(), curve.ExportPkcs8PrivateKeyPem(), curve.ExportECPrivateKeyPem(),
            rsa.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)),
        ];
        string[] extensions = [".json", ".pem", ""];
        var random = new Random(20261129);

        for (var round = 0; round < LongRun.Or(50_000, 5_000); round++)
        {
            var text = Broken.Mutate(seeds[round % seeds.Length], random, "\"{}[],:-=\n", (builder, at) => builder.Insert(at, "\\ud800"), (builder, at) => builder[at] = "AQZaqz059+/-_"[random.Next(13)]);
            WrappingKey key;
            try
            {
                key = KeyText.Read(Encoding.Latin1.GetBytes(text), extensions[random.Next(extensions.Length)]);
            }
            catch (KeyException)
            {
                continue;
            }

            Refusable(() => key.Wrap(_fileKey, KeyWrapAlgorithm.RsaOaep256));
            Refusable(() => key.Wrap(_fileKey, KeyWrapAlgorithm.Aes256KeyWrap));
            Refusable(() => key.Unwrap(new byte[256], KeyWrapAlgorithm.RsaOaep256));
            key.Dispose();
        }

        static void Refusable(Action use)
        {
            try
            {
                use();
            }
            catch (KeyException)
            {
                // As wanted.
            }
        }
    }

    [Theory]
    [InlineData("../outside", "invalid key path: cannot contain '..'")]
    [InlineData("sub/../../outside", "invalid key path: cannot contain '..'")]
    [InlineData("link", "failed to load key 'link': it is, or is behind, a link")]
    [InlineData("folder/outside", "failed to load key 'folder/outside': it is, or is behind, a link")]
    [InlineData("/etc/hostname", "failed to load key '/etc/hostname': no such file")]
    [InlineData("sub", "failed to load key 'sub': no such file")]
    [InlineData("", "failed to load key '': no such file")]
    [InlineData("long", "failed to load key 'long': it is longer than 65536 bytes")]
    public async Task Name_OutOfTheFolder_IsNoKey(string name, string reason)
    {
        using var folder = new TemporaryFolder();
        folder.Write("outside", new string('a', 43));
        folder.Write("keys/sub/key", new string('a', 43));
        folder.Write("keys/long", new string('a', 70_000));
        File.CreateSymbolicLink(folder.PathOf("keys/link"), folder.PathOf("outside"));
        Directory.CreateSymbolicLink(folder.PathOf("keys/folder"), folder.PathOf("."));

        Assert.Equal(reason, await RefusedAsync(folder, name));
        (await Keys(folder).FindAsync("sub/key", Stopping)).Dispose();
    }

    [Fact]
    public async Task Name_WithACharacterThatNoFileHas_IsNoKey()
    {
        using var folder = new TemporaryFolder();
        folder.Write("keys/key", new string('a', 43));

        Assert.StartsWith("failed to load key 'k\0y': ", await RefusedAsync(folder, "k\0y"), StringComparison.Ordinal);
        Assert.StartsWith("failed to load key ", await RefusedAsync(folder, new string('k', 5000)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipe_IsNoKey_AndIsNotWaitedFor()
    {
        using var folder = new TemporaryFolder();
        folder.Write("keys/key", "a");
        using (var make = Process.Start("mkfifo", [folder.PathOf("keys/pipe")]))
        {
            await make.WaitForExitAsync(Stopping);
        }

        Assert.Equal("failed to load key 'pipe': it is empty", await RefusedAsync(folder, "pipe").WaitAsync(TimeSpan.FromSeconds(20), Stopping));
    }

    [Theory]
    [InlineData("keys/sub/key")]
    [InlineData("keys/sub")]
    [InlineData("keys")]
    public async Task Key_ThatEveryUserCouldPutThere_IsRefused(string open)
    {
        using var folder = new TemporaryFolder();
        folder.Write("keys/sub/key", new string('a', 43));
        var keys = Keys(folder);
        (await keys.FindAsync("sub/key", Stopping)).Dispose();

        Chmod(folder.PathOf(open), UnixFileMode.OtherWrite);

        Assert.Equal(
            "failed to load key 'sub/key': every user may write to it, or to a folder that it is in (chmod o-w)",
            (await Assert.ThrowsAsync<KeyException>(async () => await keys.FindAsync("sub/key", Stopping))).Message);
    }

    [Fact]
    public void Folder_ThatIsNotThere_OrThatEveryUserMayWriteTo_IsRefusedAtTheStart()
    {
        using var folder = new TemporaryFolder();

        var missing = Assert.Throws<ResourceException>(() => Load(folder));
        folder.Write("keys/key", "a");
        Chmod(folder.PathOf("keys"), UnixFileMode.OtherWrite);
        var open = Assert.Throws<ResourceException>(() => Load(folder));

        Assert.Equal((ProblemRules.MetadataInvalid, ProblemRules.MetadataInvalid), (missing.Rule, open.Rule));
        Assert.Contains("there is no such folder", missing.Message, StringComparison.Ordinal);
        Assert.Contains("every user may write to it (chmod o-w)", open.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_ThatIsReplaced_IsTheKeyFromThenOn()
    {
        using var folder = new TemporaryFolder();
        var keys = Keys(folder, Convert.ToBase64String(Raw(1)));
        using var first = await keys.FindAsync("key", Stopping);

        folder.Write("keys/key", Convert.ToBase64String(Raw(2)));
        using var second = await keys.FindAsync("key", Stopping);

        Assert.NotEqual(first.Wrap(_fileKey, KeyWrapAlgorithm.Aes256KeyWrap), second.Wrap(_fileKey, KeyWrapAlgorithm.Aes256KeyWrap));
    }

    private static byte[] Raw(int first) => [(byte)first, .. Enumerable.Range(0, 31).Select(i => (byte)(i * 37 + 11))];

    private static ICryptoProvider Keys(TemporaryFolder folder, string? key = null)
    {
        if (key is not null)
        {
            folder.Write("keys/key", key);
        }

        return Load(folder).Embedded.Find<ICryptoProvider>("keys")!;
    }

    private static RuntimeSnapshot Load(TemporaryFolder folder)
    {
        folder.Write("resources/keys.yaml", CryptoRig.Component("keys", "localstorage", ("path", folder.PathOf("keys"))));
        return Loading.Load(["--app-id", "app", "--resources-path", folder.PathOf("resources")]);
    }

    private static async Task<string> RefusedAsync(TemporaryFolder folder, string name)
        => (await Assert.ThrowsAsync<KeyException>(async () => await Keys(folder).FindAsync(name, Stopping))).Message;

    private static void Chmod(string path, UnixFileMode more)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);
        }
    }
}
