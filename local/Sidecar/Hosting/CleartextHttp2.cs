using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace McpAspire.Sidecar.Hosting;

/// <summary>
/// HTTP/2 by prior knowledge beside HTTP/1.1 on a port without TLS. Kestrel chooses HTTP/1.1 there unless the connection
/// says that h2 was agreed upon in a TLS handshake; one that begins with HTTP/2's preface is made to say so.
/// </summary>
internal static class CleartextHttp2
{
    private static readonly TimeSpan _firstBytesWithin = TimeSpan.FromSeconds(130); // as long as Kestrel keeps idle connections

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        using var limit = new CancellationTokenSource(_firstBytesWithin);
        var ending = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed, ending);
        try
        {
            if (await HasPrefaceAsync(connection.Transport.Input, linked.Token))
            {
                var agreed = new AgreedOnHttp2();
                connection.Features.Set<ITlsConnectionFeature>(agreed);
                connection.Features.Set<ITlsApplicationProtocolFeature>(agreed);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException or ConnectionResetException)
        {
            return; // said nothing, or has gone
        }

        await next(connection);
    }

    private static async Task<bool> HasPrefaceAsync(System.IO.Pipelines.PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var verdict = Judge(read.Buffer);
            if (verdict is not null || read.IsCompleted)
            {
                input.AdvanceTo(read.Buffer.Start);
                return verdict == true;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Null: it takes more bytes to say.</summary>
    private static bool? Judge(ReadOnlySequence<byte> buffer)
    {
        Span<byte> start = stackalloc byte[24];
        var length = (int)Math.Min(buffer.Length, start.Length);
        buffer.Slice(0, length).CopyTo(start);
        return !Preface.StartsWith(start[..length]) ? false : length == Preface.Length ? true : null;
    }

    private sealed class AgreedOnHttp2 : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
