using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>Takes traces as an OpenTelemetry collector does, over HTTP or over gRPC.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private const string GrpcPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _bodies = new();

    private OtlpCollector(int port, bool grpc)
    {
        Port = port;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(ReceiveAsync);
    }

    public int Port { get; }

    /// <summary>Path and content type of what came.</summary>
    public ConcurrentQueue<(string Path, string? ContentType)> Requests { get; } = new();

    /// <summary>The header fields of what came.</summary>
    public ConcurrentQueue<(string Name, string Value)> Headers { get; } = new();

    /// <summary>All that came; strings are plain in protobuf.</summary>
    public string Text => string.Concat(_bodies.Select(Encoding.Latin1.GetString));

    public IReadOnlyList<OtlpSpan> Spans => [.. _bodies.SelectMany(OtlpSpan.ReadAll)];

    public static async Task<OtlpCollector> StartAsync(bool grpc = false, int? port = null)
    {
        var collector = new OtlpCollector(port ?? FreePort.Next(), grpc);
        await collector._app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        Requests.Enqueue((http.Request.Path, http.Request.ContentType));
        foreach (var header in http.Request.Headers)
        {
            Headers.Enqueue((header.Key, header.Value.ToString()));
        }

        if (http.Request.Path == "/v1/traces")
        {
            _bodies.Enqueue(body.ToArray());
            http.Response.ContentType = "application/x-protobuf";
        }
        else if (http.Request.Path == GrpcPath)
        {
            _bodies.Enqueue(body.ToArray()[5..]); // behind the frame's head
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(new byte[5]);
            http.Response.AppendTrailer("grpc-status", "0");
        }
        else
        {
            http.Response.StatusCode = 404;
        }
    }
}
