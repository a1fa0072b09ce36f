using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace McpAspire.Sidecar.Resolution;

/// <summary>The called side of <see cref="HopHandshake"/>: puts the proven caller on the connection. Other connections go on without one.</summary>
internal sealed class HopConnection(RegistrationFolder folder, SidecarRegistration self)
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        using var limit = new CancellationTokenSource(_limit);
        var ending = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed, ending);
        try
        {
            if (!await TryIdentifyAsync(connection, linked.Token))
            {
                return; // closes it
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException or ConnectionResetException)
        {
            return;
        }

        await next(connection);
    }

    private async Task<bool> TryIdentifyAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        var input = connection.Transport.Input;
        if (!await StartsWithMagicAsync(input, cancellationToken))
        {
            return true;
        }

        if (await ReadAsync(input, HopHandshake.HelloLength, cancellationToken) is not { } hello
            || folder.Find(new Guid(hello.AsSpan(HopHandshake.HelloLength - 16))) is not { } caller)
        {
            return false;
        }

        var nonce = HopHandshake.Nonce();
        await connection.Transport.Output.WriteAsync((byte[])[.. nonce, .. HopHandshake.Proof(self, HopHandshake.CalledRole, hello, nonce, self)], cancellationToken);
        var proof = await ReadAsync(input, HopHandshake.ProofLength, cancellationToken);
        if (proof is null || !CryptographicOperations.FixedTimeEquals(proof, HopHandshake.Proof(caller, HopHandshake.CallerRole, hello, nonce, self)))
        {
            return false;
        }

        connection.Features.Set(new HopCaller(caller.AppId, caller.Namespace, caller.TrustDomain));
        return true;
    }

    private static async Task<bool> StartsWithMagicAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var read = await input.ReadAtLeastAsync(HopHandshake.Magic.Length, cancellationToken);
        Span<byte> start = stackalloc byte[HopHandshake.Magic.Length];
        var isLongEnough = read.Buffer.Length >= start.Length;
        if (isLongEnough)
        {
            read.Buffer.Slice(0, start.Length).CopyTo(start);
        }

        input.AdvanceTo(read.Buffer.Start);
        return isLongEnough && start.SequenceEqual(HopHandshake.Magic);
    }

    private static async Task<byte[]?> ReadAsync(PipeReader input, int length, CancellationToken cancellationToken)
    {
        var read = await input.ReadAtLeastAsync(length, cancellationToken);
        if (read.Buffer.Length < length)
        {
            return null;
        }

        var bytes = read.Buffer.Slice(0, length);
        var copy = bytes.ToArray();
        input.AdvanceTo(bytes.End);
        return copy;
    }
}

/// <summary>The app whose sidecar is at the other end of a connection; proven.</summary>
internal sealed record HopCaller(string AppId, string Namespace, string TrustDomain);
