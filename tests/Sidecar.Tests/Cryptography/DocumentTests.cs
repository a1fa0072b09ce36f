using System.Text;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Cryptography;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary>Dapr's format: what its code made is read, what this sidecar makes has its form, and what was changed is refused.</summary>
public sealed class DocumentTests
{
    private const int Segment = 64 * 1024;
    private const int Tag = 16;

    [Theory]
    [InlineData("kek-gcm-0.enc", 0)]
    [InlineData("kek-gcm-100.enc", 100)]
    [InlineData("kek-gcm-65537.enc", 65_537)]
    [InlineData("kek-chacha-100.enc", 100)]
    [InlineData("rsa-gcm-100.enc", 100)]
    [InlineData("rsa-chacha-100.enc", 100)]
    [InlineData("renamed-gcm-100.enc", 100)]
    public async Task DocumentOfDapr_IsDecrypted(string name, int length)
    {
        using var rig = new CryptoRig();

        Assert.Equal(CryptoRig.Data(length), await rig.DecryptAsync(CryptoRig.Recorded(name)));
    }

    [Fact]
    public async Task DocumentOfDapr_WithoutAKeyName_TakesTheCallers()
    {
        using var rig = new CryptoRig();
        var document = CryptoRig.Recorded("nameless-gcm-100.enc");

        Assert.Equal(CryptoRig.Data(100), await rig.DecryptAsync(document, key: "kek"));
        Assert.Equal("failed to perform operation: document's manifest does not contain a key name, and no key name was provided", await rig.RefusedAsync(document));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Segment - 1)]
    [InlineData(Segment)]
    [InlineData(Segment + 1)]
    [InlineData(2 * Segment)]
    [InlineData(5 * Segment + 4321)]
    public async Task Data_ComeBackAsTheyWere(int length)
    {
        using var rig = new CryptoRig();
        var data = CryptoRig.Data(length);

        foreach (var (key, algorithm, cipher) in ((string, string, string)[])[("kek", "aes", "aes-gcm"), ("kek", "A256KW", "chacha20-poly1305"), ("rsa.pem", "rsa", ""), ("rsa.pem", "RSA-OAEP-256", "CHACHA20-POLY1305")])
        {
            var document = await rig.EncryptAsync(data, key, algorithm, cipher);
            var header = Lines(document).Sum(line => line.Length + 1);

            Assert.Equal(header + length + ((length + Segment - 1) / Segment * Tag), document.Length);
            Assert.Equal(data, await rig.DecryptAsync(document));
        }
    }

    [Fact]
    public async Task Header_HasTheFormOfDaprs()
    {
        using var rig = new CryptoRig();
        var document = await rig.EncryptAsync(CryptoRig.Data(10), decryptionKeyName: "a <\"b\"> \n\u00e9");

        var lines = Lines(document);
        var manifest = JsonNode.Parse(Encoding.Latin1.GetBytes(lines[1]))!.AsObject();

        Assert.Equal("dapr.io/enc/v1", lines[0]);
        Assert.Equal(["k", "kw", "wfk", "cph", "np"], manifest.Select(field => field.Key));
        Assert.Equal("a <\"b\"> \n\u00e9", (string)manifest["k"]!);
        Assert.Equal((1, 1), ((int)manifest["kw"]!, (int)manifest["cph"]!));
        Assert.Equal((40, 7, 32), (Length(manifest["wfk"]), Length(manifest["np"]), Convert.FromBase64String(lines[2]).Length));
        Assert.DoesNotContain("\"k\"", Lines(await rig.EncryptAsync([], omitsKeyName: true, decryptionKeyName: "x"))[1], StringComparison.Ordinal);

        static int Length(JsonNode? base64) => Convert.FromBase64String((string)base64!).Length;
    }

    [Fact]
    public async Task Documents_OfTheSameData_AreNeverTheSame()
    {
        using var rig = new CryptoRig();

        var documents = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            documents.Add(Convert.ToHexString((await rig.EncryptAsync(CryptoRig.Data(32)))[^48..]));
        }

        Assert.Equal(20, documents.Count);
    }

    [Theory]
    [InlineData("kek-gcm-100.enc")]
    [InlineData("kek-chacha-100.enc")]
    public async Task Document_OfWhichAnyByteIsChanged_IsRefused_AndNothingOfItReleased(string name)
    {
        using var rig = new CryptoRig();
        var document = CryptoRig.Recorded(name);

        for (var i = 0; i < document.Length; i++)
        {
            var released = new List<byte>();
            document[i] ^= 1;
            await rig.RefusedAsync(document, released: released);
            Assert.Empty(released);
            document[i] ^= 1;
        }

        Assert.Equal(100, (await rig.DecryptAsync(document)).Length);
    }

    [Fact]
    public async Task Document_ThatWasCutOff_IsRefused()
    {
        using var rig = new CryptoRig();
        var document = await rig.EncryptAsync(CryptoRig.Data(3 * Segment));
        var header = Lines(document).Sum(line => line.Length + 1);

        foreach (var length in (int[])[header + 1, header + Tag, header + Segment, header + Segment + Tag, header + (2 * (Segment + Tag)) - 1, header + (2 * (Segment + Tag)), header + (2 * (Segment + Tag)) + 1, document.Length - 1])
        {
            Assert.Contains("failed to decrypt segment", await rig.RefusedAsync(document[..length]), StringComparison.Ordinal);
        }

        for (var length = 0; length < header; length++)
        {
            Assert.StartsWith("failed to perform operation: invalid header: ", await rig.RefusedAsync(document[..length]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Segments_ThatWereMoved_AreRefused_AndOnlyThoseBeforeReleased()
    {
        using var rig = new CryptoRig();
        var data = CryptoRig.Data(3 * Segment);
        var document = await rig.EncryptAsync(data);
        var header = Lines(document).Sum(line => line.Length + 1);
        ReadOnlyMemory<byte> Part(int number) => document.AsMemory(header + (number * (Segment + Tag)), Segment + Tag);
        byte[] Of(params int[] numbers) => [.. document[..header], .. numbers.SelectMany(number => Part(number).ToArray())];

        await ReleasesAsync(0, 1, 0, 2);
        await ReleasesAsync(1, 0, 2, 1);
        await ReleasesAsync(1, 0, 0, 1, 2);
        await ReleasesAsync(2, 0, 1, 1, 2);
        await ReleasesAsync(1, 0, 2);
        await ReleasesAsync(2, 0, 1, 2, 2);
        Assert.Equal(data, await rig.DecryptAsync(Of(0, 1, 2)));

        async Task ReleasesAsync(int count, params int[] numbers)
        {
            var released = new List<byte>();
            Assert.Equal($"failed to perform operation: error processing segment {count}: failed to decrypt segment", await rig.RefusedAsync(Of(numbers), released: released));
            Assert.Equal(data[..(count * Segment)], released);
        }
    }

    [Fact]
    public async Task Segments_OfAnotherDocument_AreRefused()
    {
        using var rig = new CryptoRig();
        var (one, other) = (await rig.EncryptAsync(CryptoRig.Data(100)), await rig.EncryptAsync(CryptoRig.Data(100)));

        Assert.Contains("failed to decrypt segment", await rig.RefusedAsync([.. one[..^116], .. other[^116..]]), StringComparison.Ordinal);
    }

    /// <summary>dapr/kit decrypts it: <c>documents/README.md</c>.</summary>
    [Fact]
    public async Task DocumentThatNobodyWithTheKeyMade_IsRefused()
    {
        using var rig = new CryptoRig();

        Assert.Equal("failed to perform operation: failed to validate the document's signature", await rig.RefusedAsync(CryptoRig.Recorded("forged.enc")));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("rsa.pem")]
    [InlineData("../keys/kek")]
    public async Task Key_ThatIsNotThere_OrAnother_IsAnsweredAsTheSame(string key)
    {
        using var rig = new CryptoRig();

        Assert.Equal("failed to perform operation: failed to validate the document's signature", await rig.RefusedAsync(CryptoRig.Recorded("kek-gcm-100.enc"), key));
    }

    [Theory]
    [InlineData("", "invalid header: scheme name not found")]
    [InlineData("\n", "invalid header: invalid format")]
    [InlineData("dapr.io/enc/v2\n{}\nAA==\n", "invalid header: unsupported scheme")]
    [InlineData("dapr.io/enc/v1\n", "invalid header: manifest not found")]
    [InlineData("dapr.io/enc/v1\n\nAA==\n", "invalid header: invalid format")]
    [InlineData("dapr.io/enc/v1\n{}\n", "invalid header: message authentication code not found")]
    [InlineData("dapr.io/enc/v1\n{}\nAA==\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\nnull\nAA==\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"kek\",\"kw\":6,\"wfk\":\"AA==\",\"cph\":1,\"np\":\"AAAAAAAAAA==\"}\nAA==\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"kek\",\"kw\":1,\"wfk\":\"\",\"cph\":1,\"np\":\"AAAAAAAAAA==\"}\nAA==\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"kek\",\"kw\":1,\"wfk\":\"AA==\",\"cph\":0,\"np\":\"AAAAAAAAAA==\"}\nAA==\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"kek\",\"kw\":1,\"wfk\":\"AA==\",\"cph\":1,\"np\":\"AAAA\"}\nAA==\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\n{\"k\":7,\"kw\":1,\"wfk\":\"AA==\",\"cph\":1,\"np\":\"AAAAAAAAAA==\"}\nAA==\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"kek\",\"kw\":1,\"wfk\":\"AA==\",\"cph\":1,\"np\":\"AAAAAAAAAA==\"}{}\nAA==\n", "invalid header: invalid manifest")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"kek\",\"kw\":1,\"wfk\":\"AA==\",\"cph\":1,\"np\":\"AAAAAAAAAA==\"}\n%\n", "failed to decode header's signature")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"kek\",\"kw\":1,\"wfk\":\"AA==\",\"cph\":1,\"np\":\"AAAAAAAAAA==\"}\nAA==\n", "failed to validate the document's signature")]
    [InlineData("dapr.io/enc/v1\n{\"k\":\"kek\",\"kw\":2,\"wfk\":\"AA==\",\"cph\":1,\"np\":\"AAAAAAAAAA==\"}\nAA==\n", "failed to validate the document's signature")]
    public async Task Header_ThatIsNone_IsRefusedAsDaprDoes(string document, string reason)
    {
        using var rig = new CryptoRig();

        Assert.Equal("failed to perform operation: " + reason, await rig.RefusedAsync(Encoding.UTF8.GetBytes(document)));
    }

    [Fact]
    public async Task Header_WithoutAnEnd_IsNotReadFurtherThanAHeaderMayBeLong()
    {
        using var rig = new CryptoRig();

        Assert.EndsWith("scheme name not found", await rig.RefusedAsync(new byte[10 * Segment]), StringComparison.Ordinal);
        Assert.EndsWith("message authentication code not found", await rig.RefusedAsync([.. Encoding.UTF8.GetBytes("dapr.io/enc/v1\n{}\n"), .. new byte[10 * Segment]]), StringComparison.Ordinal);
        Assert.EndsWith("header is too long", (await Assert.ThrowsAsync<CryptoException>(() => rig.EncryptAsync([], decryptionKeyName: new string('k', Segment)))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kek", "A128CBC", "", "option Algorithm is not valid: algorithm A128CBC is not supported")]
    [InlineData("kek", "A256CBC-NOPAD", "", "failed to wrap the file key: failed to encrypt data: unsupported algorithm")]
    [InlineData("kek", "AES", "aes-cbc", "option Cipher is not valid: cipher AES-CBC is not supported")]
    [InlineData("kek", "RSA", "", "failed to wrap the file key: key type mismatch: RSA-OAEP-256 takes an RSA key")]
    [InlineData("rsa.pem", "AES", "", "failed to wrap the file key: key type mismatch: A256KW takes a symmetric key of 32 bytes")]
    [InlineData("nothing", "AES", "", "failed to wrap the file key: failed to retrieve the key encryption key: failed to load key 'nothing': no such file")]
    public async Task Encryption_ThatCannotBe_SaysWhy(string key, string algorithm, string cipher, string reason)
    {
        using var rig = new CryptoRig();

        var refusal = await Assert.ThrowsAsync<CryptoException>(() => rig.EncryptAsync([], key, algorithm, cipher));

        Assert.Equal(("ERR_CRYPTO", 500, "failed to perform operation: " + reason), (refusal.Code, refusal.Status, refusal.Message));
    }

    private static string[] Lines(byte[] document) => Encoding.Latin1.GetString(document).Split('\n')[..3];
}
