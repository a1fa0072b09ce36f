using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using McpAspire.IdentityProvider.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>A host of client ID metadata documents that counts who fetches what.</summary>
internal sealed class DocumentServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _documents = new();

    private DocumentServer(WebApplication app, string baseUrl)
    {
        _app = app;
        BaseUrl = baseUrl;
    }

    public string BaseUrl { get; }

    /// <summary>Paths in the order they were fetched.</summary>
    public ConcurrentQueue<string> Fetched { get; } = new();

    /// <param name="certificate">For a host that speaks https.</param>
    public static async Task<DocumentServer> StartAsync(X509Certificate2? certificate = null)
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder(["--Logging:LogLevel:Default=Error"]);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var server = new DocumentServer(builder.Build(), $"{(certificate is null ? "http" : "https")}://localhost:{port}");
        server._app.Run(async context =>
        {
            server.Fetched.Enqueue(context.Request.Path);
            if (server._documents.TryGetValue(context.Request.Path, out var answer))
            {
                await answer(context);
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        });
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public void Serve(string path, string body, string type = "application/json", int status = 200, string? location = null)
        => _documents[path] = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            if (location is not null)
            {
                context.Response.Headers.Location = location;
            }

            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body), context.RequestAborted);
        };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
