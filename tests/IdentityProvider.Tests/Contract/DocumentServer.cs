using System.Collections.Concurrent;
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

    private DocumentServer(WebApplication app, int port)
    {
        _app = app;
        BaseUrl = $"http://localhost:{port}";
    }

    public string BaseUrl { get; }

    /// <summary>Paths in the order they were fetched.</summary>
    public ConcurrentQueue<string> Fetched { get; } = new();

    public static async Task<DocumentServer> StartAsync()
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder(["--Logging:LogLevel:Default=Warning"]);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var server = new DocumentServer(builder.Build(), port);
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
