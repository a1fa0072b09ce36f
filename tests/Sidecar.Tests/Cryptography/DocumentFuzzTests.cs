using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary>Documents that were changed anyhow: refused, and no byte is released that did not stand at that place of the data.</summary>
public sealed class DocumentFuzzTests(CryptoSidecar running) : IClassFixture<CryptoSidecar>
{
    private const int Sealed = (64 * 1024) + 16;

    private static readonly string[] _small = ["kek-gcm-100.enc", "kek-chacha-100.enc", "rsa-gcm-100.enc", "renamed-gcm-100.enc", "kek-gcm-0.enc"];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("kek-gcm-100.enc")]
    [InlineData("rsa-chacha-100.enc")]
    public async Task EveryByte_InEveryWay_IsRefused(string name)
    {
        using var rig = new CryptoRig();
        var document = CryptoRig.Recorded(name);

        for (var at = 0; at < document.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                document[at] ^= (byte)(1 << bit);
                await CheckAsync(rig, document, CryptoRig.Data(100), $"bit {bit} of byte {at}");
                document[at] ^= (byte)(1 << bit);
            }

            await CheckAsync(rig, document[..at], CryptoRig.Data(100), $"cut off at {at}");
        }
    }

    [Fact]
    public async Task Document_MutatedAnyhow_ReleasesNothingThatWasNotThere()
    {
        using var rig = new CryptoRig();
        var random = new Random(20261129);
        var large = CryptoRig.Data((3 * 64 * 1024) + 1000);
        byte[][] larges = [await rig.EncryptAsync(large), await rig.EncryptAsync(large, cipher: "chacha20-poly1305"), await rig.EncryptAsync(large, "rsa.pem", "rsa")];
        var smalls = _small.Select(CryptoRig.Recorded).ToArray();
        var refused = 0;

        for (var round = 0; round < LongRun.Or(100_000, 10_000); round++)
        {
            var isLarge = round % 8 == 0;
            var others = isLarge ? larges : smalls;
            var document = Mutate(others[random.Next(others.Length)], others[random.Next(others.Length)], random);
            refused += await CheckAsync(rig, document, isLarge ? large : CryptoRig.Data(100), $"round {round}") ? 1 : 0;
        }

        Assert.InRange(refused, LongRun.Or(80_000, 8_000), int.MaxValue); // or the changes change nothing
    }

    [Fact]
    public async Task Document_MutatedAnyhow_IsAnErrorOfTheApi_AndNotOfTheSidecar()
    {
        var random = new Random(20261130);
        var documents = _small.Select(CryptoRig.Recorded).ToArray();

        for (var round = 0; round < LongRun.Or(5_000, 400); round++)
        {
            var document = Mutate(documents[round % documents.Length], documents[random.Next(documents.Length)], random);
            var head = $"PUT /v1.0-alpha1/crypto/keys/decrypt HTTP/1.1\r\nHost: localhost\r\nContent-Length: {document.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n";
            var answer = await RawClient.SendAsync(running.Process.HttpPort, [.. Encoding.Latin1.GetBytes(head), .. document], isHead: false, Stopping);

            Assert.True(answer.Status == 200 || (string?)JsonNode.Parse(answer.Text)!["errorCode"] == "ERR_CRYPTO", $"round {round}: {answer.Status} {answer.Text}");
        }

        Assert.DoesNotContain("level=error", running.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", running.Process.Output, StringComparison.Ordinal);
    }

    /// <returns>Whether it was refused.</returns>
    private static async Task<bool> CheckAsync(CryptoRig rig, byte[] document, byte[] data, string what)
    {
        var released = new List<byte>();
        var isRefused = false;
        try
        {
            await rig.DecryptAsync(document, released: released);
        }
        catch (CryptoException refusal)
        {
            isRefused = refusal.Code == "ERR_CRYPTO";
            Assert.True(isRefused, $"{what}: {refusal.Message}");
        }

        Assert.True(data.AsSpan().StartsWith(released.ToArray()), what);

        // A document without a segment is one of no data: a limit of the format.
        Assert.True(isRefused || released.Count == data.Length || (released.Count == 0 && document.Count(value => value == '\n') == 3 && document[^1] == '\n'), what);
        return isRefused;
    }

    private static byte[] Mutate(byte[] document, byte[] other, Random random)
    {
        var bytes = document.ToList();
        for (var change = random.Next(1, 4); change > 0 && bytes.Count > 0; change--)
        {
            var header = HeaderLength([.. bytes]);
            var at = random.Next(random.Next(2) == 0 && header > 0 ? header : bytes.Count);
            var length = random.Next(Math.Min(random.Next(2) == 0 ? 40 : Sealed, bytes.Count - at) + 1);
            switch (random.Next(12))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 5:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 6:
                    bytes = [.. bytes[..at], .. other[Math.Min(at, other.Length)..]];
                    break;
                case 7:
                    bytes = [.. bytes[..header], .. other[HeaderLength(other)..]];
                    break;
                case 8 or 9:
                    bytes = [.. bytes[..header], .. Moved([.. bytes[header..].Chunk(Sealed)], random)];
                    break;
                case 10:
                    bytes.InsertRange(at, Encoding.ASCII.GetBytes(Signs(random)));
                    break;
                default:
                    bytes.AddRange(new byte[random.Next(Sealed)]);
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Signs(Random random)
    {
        string[] signs = ["\\ud800", "\"", "\n", "\n\n", "{", "[[[[", "}", ",", "-", "1e999", "99999999999999999999", "null", "\"k\":\"rsa.pem\",", "\"wfk\":\"AA==\",", "\"cph\":2,", "\\u0000", "=", "../"];
        return signs[random.Next(signs.Length)];
    }

    private static IEnumerable<byte> Moved(List<byte[]> segments, Random random)
    {
        for (var move = random.Next(1, 3); move > 0 && segments.Count > 0; move--)
        {
            var (one, other) = (random.Next(segments.Count), random.Next(segments.Count));
            switch (random.Next(3))
            {
                case 0:
                    (segments[one], segments[other]) = (segments[other], segments[one]);
                    break;
                case 1:
                    segments.Insert(one, segments[other]);
                    break;
                default:
                    segments.RemoveAt(one);
                    break;
            }
        }

        return segments.SelectMany(segment => segment);
    }

    private static int HeaderLength(byte[] document)
    {
        var end = -1;
        for (var line = 0; line < 3; line++)
        {
            end = Array.IndexOf(document, (byte)'\n', end + 1);
            if (end < 0)
            {
                return 0;
            }
        }

        return end + 1;
    }
}
