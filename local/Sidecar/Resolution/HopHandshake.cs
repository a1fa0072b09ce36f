using System.Buffers.Binary;
using System.Security.Cryptography;

namespace McpAspire.Sidecar.Resolution;

/// <summary>
/// The first bytes of a connection between two sidecars, before any HTTP. Each proves with the key of its registration
/// that it is the one it says: the called one first, so that nothing reaches a process that has merely got its port.
/// <code>
/// caller → called   "DAPRHOP1", nonce, instance of the caller
/// called → caller   nonce, proof
/// caller → called   proof
/// </code>
/// </summary>
internal static class HopHandshake
{
    public const int HelloLength = 8 + NonceLength + 16;
    public const int NonceLength = 32;
    public const int ProofLength = 32;

    public static ReadOnlySpan<byte> Magic => "DAPRHOP1"u8;

    public static byte[] Hello(byte[] nonce, Guid caller) => [.. Magic, .. nonce, .. caller.ToByteArray()];

    public static byte[] Nonce() => RandomNumberGenerator.GetBytes(NonceLength);

    /// <summary>Over both nonces, both instances and the port: a proof cannot be carried to another connection.</summary>
    public static byte[] Proof(SidecarRegistration of, ReadOnlySpan<byte> role, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> nonce, SidecarRegistration called)
    {
        Span<byte> port = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(port, called.Port);
        return HMACSHA256.HashData(of.Key, (byte[])[.. role, .. hello, .. nonce, .. called.Instance.ToByteArray(), .. port]);
    }

    public static ReadOnlySpan<byte> CallerRole => "caller"u8;

    public static ReadOnlySpan<byte> CalledRole => "called"u8;

    /// <summary>The caller's side; throws when the other one is not <paramref name="called"/>.</summary>
    public static async Task CallAsync(Stream stream, SidecarRegistration caller, SidecarRegistration called, CancellationToken cancellationToken)
    {
        var hello = Hello(Nonce(), caller.Instance);
        await stream.WriteAsync(hello, cancellationToken);
        var answer = new byte[NonceLength + ProofLength];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        var expected = Proof(called, CalledRole, hello, answer.AsSpan(0, NonceLength), called);
        if (!CryptographicOperations.FixedTimeEquals(expected, answer.AsSpan(NonceLength)))
        {
            throw new HttpRequestException(HttpRequestError.SecureConnectionError, $"the process on port {called.Port} is not the sidecar of {called.AppId}");
        }

        await stream.WriteAsync(Proof(caller, CallerRole, hello, answer.AsSpan(0, NonceLength), called), cancellationToken);
    }
}
