namespace McpAspire.Benchmarks.Sidecars.Servers;

/// <summary>The servers that this program is itself when it is started with one of these arguments.</summary>
internal static class LocalServers
{
    public const string App = "--app";
    public const string Collector = "--collector";

    private static readonly byte[] _answer = """{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"12 tickets"}]}}"""u8.ToArray();

    /// <summary>The app behind the sidecars: a small JSON answer to everything.</summary>
    public static Task RunAppAsync(int port) => RunAsync(port, static http =>
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = _answer.Length;
        return http.Response.Body.WriteAsync(_answer, 0, _answer.Length);
    });

    /// <summary>Takes spans by OTLP over HTTP and forgets them.</summary>
    public static Task RunCollectorAsync(int port) => RunAsync(port, static async http =>
    {
        await http.Request.Body.CopyToAsync(Stream.Null);
        http.Response.ContentType = "application/x-protobuf";
        http.Response.ContentLength = 0;
    });

    private static async Task RunAsync(int port, RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        ((IApplicationBuilder)app).Run(answer);
        await app.RunAsync();
    }
}
