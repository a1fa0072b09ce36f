using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace McpAspire.Sidecar.Middleware.Bearer;

/// <summary>
/// Tokens whose signature, issuer and audience were found good with the keys of one moment, so that they are not checked
/// again for every call. Only a digest is kept; the times of a token count for every call, and new keys forget everything.
/// A connection that sends the same header again is given the same string by Kestrel: then not even a digest is made. Such a
/// string is known only as long as the connection holds it.
/// </summary>
internal sealed class VerifiedTokens
{
    private const int Capacity = 4096;

    private readonly ConcurrentDictionary<Digest, Verified> _byDigest = new();

    // Compares references, which is enough: a string does not change.
    private readonly ConditionalWeakTable<string, Verified> _byHeader = [];

    public bool TryGet(in Digest digest, SigningKeys keys, out TokenTimes times)
        => IsOf(keys, _byDigest.GetValueOrDefault(digest), out times);

    /// <summary>By the very string that was given to <see cref="Recognize"/>.</summary>
    public bool TryGet(string header, SigningKeys keys, out TokenTimes times)
        => IsOf(keys, _byHeader.TryGetValue(header, out var verified) ? verified : null, out times);

    /// <summary>Ties the header to what is known of its token; to nothing where nothing is.</summary>
    public void Recognize(string? header, in Digest digest)
    {
        if (header is not null && _byDigest.TryGetValue(digest, out var verified))
        {
            _byHeader.AddOrUpdate(header, verified);
        }
    }

    public void Add(in Digest digest, SigningKeys keys, TokenTimes times)
    {
        if (_byDigest.Count >= Capacity)
        {
            _byDigest.Clear(); // rare, and cheaper than an order of use
        }

        _byDigest[digest] = new Verified(keys, times);
    }

    private static bool IsOf(SigningKeys keys, Verified? verified, out TokenTimes times)
    {
        times = verified?.Times ?? default;
        return ReferenceEquals(verified?.Keys, keys);
    }

    private sealed record Verified(SigningKeys Keys, TokenTimes Times);
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
