using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace McpAspire.Sidecar.Middleware.Bearer;

/// <summary>
/// Tokens whose signature, issuer and audience were found good with the keys of one moment, so that they are not checked
/// again for every call. Only a digest is kept; the times of a token count for every call, and new keys forget everything.
/// </summary>
internal sealed class VerifiedTokens
{
    private const int Capacity = 4096;

    private readonly ConcurrentDictionary<Digest, Verified> _byDigest = new();

    public bool TryGet(in Digest digest, SigningKeys keys, out TokenTimes times)
    {
        var found = _byDigest.TryGetValue(digest, out var verified) && ReferenceEquals(verified.Keys, keys);
        times = verified.Times;
        return found;
    }

    public void Add(in Digest digest, SigningKeys keys, TokenTimes times)
    {
        if (_byDigest.Count >= Capacity)
        {
            _byDigest.Clear(); // rare, and cheaper than an order of use
        }

        _byDigest[digest] = new Verified(keys, times);
    }

    private readonly record struct Verified(SigningKeys Keys, TokenTimes Times);
}

/// <summary>When a token begins and ends to be good; <c>iat</c> (seconds since 1970) in the future is refused as well.</summary>
internal readonly record struct TokenTimes(DateTime? NotBefore, long? IssuedAt, DateTime Expires)
{
    public bool Include(DateTimeOffset now, TimeSpan skew)
        => !(NotBefore > (now + skew).UtcDateTime)
           && !(IssuedAt > (now + skew).ToUnixTimeSeconds())
           && Expires > (now - skew).UtcDateTime;
}

/// <summary>The SHA-256 of a token.</summary>
internal readonly record struct Digest(UInt128 High, UInt128 Low)
{
    public static Digest Of(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(token.AsSpan()), hash);
        return new Digest(MemoryMarshal.Read<UInt128>(hash), MemoryMarshal.Read<UInt128>(hash[16..]));
    }
}
