using McpAspire.Sidecar.Cryptography;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary>RFC 3394, with the vectors of its section 4.</summary>
public sealed class AesKeyWrapTests
{
    private const string Kek = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";
    private const string Key = "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F";

    [Theory]
    [InlineData(16, 16, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")]
    [InlineData(24, 16, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D")]
    [InlineData(32, 16, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7")]
    [InlineData(24, 24, "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2")]
    [InlineData(32, 24, "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1")]
    [InlineData(32, 32, "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")]
    public void Vector_IsWrappedAndUnwrapped(int kekLength, int keyLength, string wrapped)
    {
        var kek = Convert.FromHexString(Kek)[..kekLength];
        var key = Convert.FromHexString(Key)[..keyLength];

        Assert.Equal(wrapped, Convert.ToHexString(AesKeyWrap.Wrap(kek, key)));
        Assert.Equal(key, AesKeyWrap.Unwrap(kek, Convert.FromHexString(wrapped)));
    }

    [Fact]
    public void WrappedKey_OfWhichAnyByteIsChanged_IsNoKey()
    {
        var kek = Convert.FromHexString(Kek);
        var wrapped = AesKeyWrap.Wrap(kek, Convert.FromHexString(Key));

        for (var i = 0; i < wrapped.Length; i++)
        {
            wrapped[i] ^= 1;
            Assert.Null(AesKeyWrap.Unwrap(kek, wrapped));
            wrapped[i] ^= 1;
        }

        Assert.Null(AesKeyWrap.Unwrap(kek, wrapped.AsSpan(0, 32)));
        Assert.Null(AesKeyWrap.Unwrap(kek, wrapped.AsSpan(0, 39)));
        Assert.Null(AesKeyWrap.Unwrap(kek, wrapped.AsSpan(0, 16)));
        Assert.Null(AesKeyWrap.Unwrap(kek, []));
        Assert.NotNull(AesKeyWrap.Unwrap(kek, wrapped));
    }
}
