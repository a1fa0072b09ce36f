using System.Security.Cryptography;
using McpAspire.Sidecar.Cryptography;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary>A key that was disposed is none, whoever still has it.</summary>
public sealed class WrappingKeyTests
{
    private static readonly byte[] _fileKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData(KeyWrapAlgorithm.Aes256KeyWrap)]
    [InlineData(KeyWrapAlgorithm.RsaOaep256)]
    internal void Key_ThatIsDisposed_IsOfNoUse(KeyWrapAlgorithm algorithm)
    {
        var key = Make(algorithm);
        var wrapped = key.Wrap(_fileKey, algorithm);
        using var copy = key.Copy();

        key.Dispose();
        key.Dispose();

        Assert.Throws<KeyException>(() => key.Wrap(_fileKey, algorithm));
        Assert.Throws<KeyException>(() => key.Unwrap(wrapped, algorithm));
        Assert.Throws<KeyException>(key.Copy);
        Assert.Equal(_fileKey, copy.Unwrap(wrapped, algorithm));
    }

    /// <summary>With a key of zeros anybody could unwrap what was wrapped.</summary>
    [Fact]
    public async Task Use_ThatIsUnderWayWhenItIsDisposed_HasTheKey_OrNone()
    {
        var right = AesKeyWrap.Wrap(Bytes(), _fileKey);

        for (var round = 0; round < 300; round++)
        {
            using var key = Make(KeyWrapAlgorithm.Aes256KeyWrap);
            using var start = new Barrier(5);
            var uses = Enumerable.Range(0, 4).Select(number => Task.Run(() => Use(key, start, number))).ToArray();
            start.SignalAndWait(TestContext.Current.CancellationToken);
            Thread.SpinWait(round * 10);
            key.Dispose();

            Assert.All(await Task.WhenAll(uses), wrapped => Assert.Equal(right, wrapped));
        }

        byte[] Use(WrappingKey key, Barrier start, int number)
        {
            start.SignalAndWait(TestContext.Current.CancellationToken);
            var wrapped = right;
            try
            {
                while (wrapped.SequenceEqual(right))
                {
                    using var used = number % 2 == 0 ? key.Copy() : null;
                    wrapped = (used ?? key).Wrap(_fileKey, KeyWrapAlgorithm.Aes256KeyWrap);
                }
            }
            catch (KeyException)
            {
                // It is not there any more.
            }

            return wrapped;
        }
    }

    /// <summary>A document could name a wrapped key of almost 64 KiB, which takes a processor 40 ms.</summary>
    [Fact]
    public void WrappedKey_OfAnotherLengthThanDocumentsHave_IsNotTried()
    {
        using var key = Make(KeyWrapAlgorithm.Aes256KeyWrap);

        Assert.Equal("failed to decrypt data: it was not wrapped with this key", Assert.Throws<KeyException>(() => key.Unwrap(AesKeyWrap.Wrap(Bytes(), new byte[40]), KeyWrapAlgorithm.Aes256KeyWrap)).Message);
    }

    private static byte[] Bytes() => [.. Enumerable.Repeat((byte)7, 32)];

    private static WrappingKey Make(KeyWrapAlgorithm algorithm)
    {
        if (algorithm == KeyWrapAlgorithm.Aes256KeyWrap)
        {
            return WrappingKey.OfBytes(Bytes(), KeyUse.Any);
        }

        using var rsa = RSA.Create(2048);
        return WrappingKey.OfRsa(rsa.ExportParameters(includePrivateParameters: true), KeyUse.Any);
    }
}
