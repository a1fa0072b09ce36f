using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>An MCP server of the official SDK with some tools, which notes what it is sent and may want a token.</summary>
internal sealed class McpBackend : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private McpBackend(int? port, bool isStateless)
    {
        Port = port ?? FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port));
        builder.Services.AddMcpServer().WithHttpTransport(http =>
        {
            http.Stateless = isStateless;
#pragma warning disable MCP9004 // daprd's resource has the transport, and so there are servers with it
            http.EnableLegacySse = !isStateless;
#pragma warning restore MCP9004
        }).WithTools(Tools());
        _application = builder.Build();
        _application.Use(JudgeAsync);
        _application.MapMcp("/mcp");
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/mcp";

    public ConcurrentQueue<(string Verb, IHeaderDictionary Headers)> Requests { get; } = [];

    /// <summary>What a request must bear; null: anything goes.</summary>
    public string? Authorization { get; set; }

    /// <summary>Answered instead of everything; 0: nothing.</summary>
    public int Refuses { get; set; }

    public string? RedirectsTo { get; set; }

    /// <summary>What every answer waits for.</summary>
    public Task Opening { get; set; } = Task.CompletedTask;

    /// <summary>Of the tool <c>wait</c>.</summary>
    public SemaphoreSlim Waiting { get; } = new(0);

    public int Calls;

    public static async Task<McpBackend> StartAsync(int? port = null, bool isStateless = false)
    {
        var backend = new McpBackend(port, isStateless);
        await backend._application.StartAsync(TestContext.Current.CancellationToken);
        return backend;
    }

    /// <summary>Lets the tool <c>wait</c> go on.</summary>
    public void Go() => _go.TrySetResult();

    /// <summary>Ends it without an end of its calls.</summary>
    public async Task AbortAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _application.StopAsync(now.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Go();
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private async Task JudgeAsync(HttpContext http, RequestDelegate next)
    {
        Requests.Enqueue((http.Request.Method, new HeaderDictionary(http.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase))));
        await Opening;
        if (RedirectsTo is { } target)
        {
            http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            http.Response.Headers.Location = target;
        }
        else if (Refuses != 0)
        {
            http.Response.StatusCode = Refuses;
        }
        else if (Authorization is { } wanted && http.Request.Headers.Authorization != wanted)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else
        {
            await next(http);
        }
    }

    private IEnumerable<McpServerTool> Tools()
    {
        yield return McpServerTool.Create((string text) => "echo: " + text, new McpServerToolCreateOptions { Name = "echo" });
        yield return McpServerTool.Create(() => new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = "no" }] }, new McpServerToolCreateOptions { Name = "fail" });
        yield return McpServerTool.Create(() => "dotted", new McpServerToolCreateOptions { Name = "a.b" });
        yield return McpServerTool.Create(() => new string('x', 8 * 1024 * 1024), new McpServerToolCreateOptions { Name = "large" });
        yield return McpServerTool.Create(
            async (CancellationToken cancellationToken) =>
            {
                Interlocked.Increment(ref Calls);
                Waiting.Release();
                await _go.Task.WaitAsync(cancellationToken);
                return "waited";
            },
            new McpServerToolCreateOptions { Name = "wait" });
    }
}
