using System.Diagnostics;

namespace McpAspire.Benchmarks.Sidecars.Servers;

/// <summary>Two sidecars of one product: the client's, which knows the server's as an HTTPEndpoint, and the server's, before the app.</summary>
internal sealed class SidecarPair : IAsyncDisposable
{
    private const string Server = "server";

    private SidecarPair(ServerProcess client, int clientPort, ServerProcess server, int serverPort)
    {
        ClientSide = client;
        ClientPort = clientPort;
        ServerSide = server;
        ServerPort = serverPort;
    }

    public ServerProcess ClientSide { get; }

    public int ClientPort { get; }

    public ServerProcess ServerSide { get; }

    public int ServerPort { get; }

    /// <summary>Starts both, the server's first.</summary>
    public static async Task<SidecarPair> StartAsync(string executable, string folder, Backend backend, bool authenticated, bool traced)
    {
        var (clientPort, serverPort) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        var server = await StartAsync(executable, Path.Combine(folder, "server"), Server, serverPort, backend.AppPort, ServerFiles(backend, authenticated, traced));
        try
        {
            var client = await StartAsync(executable, Path.Combine(folder, "client"), "client", clientPort, null, ClientFiles(backend, serverPort, authenticated, traced));
            return new SidecarPair(client, clientPort, server, serverPort);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ClientSide.DisposeAsync();
        await ServerSide.DisposeAsync();
    }

    private static Task<ServerProcess> StartAsync(string executable, string folder, string appId, int port, int? appPort, Dictionary<string, string> files)
    {
        var resources = Path.Combine(folder, "resources");
        Directory.CreateDirectory(resources);
        foreach (var (name, text) in files)
        {
            File.WriteAllText(Path.Combine(name == "config.yaml" ? folder : resources, name), text);
        }

        // daprd's own flags: both products take them.
        string[] arguments =
        [
            "--app-id", appId, "--mode", "standalone", "--dapr-listen-addresses", "127.0.0.1",
            "--dapr-http-port", $"{port}", "--dapr-grpc-port", $"{ServerProcess.FreePort()}", "--dapr-internal-grpc-port", $"{ServerProcess.FreePort()}",
            "--metrics-port", $"{ServerProcess.FreePort()}", "--placement-host-address=", "--scheduler-host-address=",
            "--resources-path", resources, "--config", Path.Combine(folder, "config.yaml"), "--log-level", "warn",
            .. appPort is null ? (string[])[] : ["--app-port", $"{appPort}"],
        ];
        var isAssembly = executable.EndsWith(".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo(isAssembly ? "dotnet" : executable, isAssembly ? [executable, .. arguments] : arguments);
        return ServerProcess.StartAsync($"{executable} ({appId})", start, $"http://127.0.0.1:{port}/v1.0/healthz");
    }

    private static Dictionary<string, string> ServerFiles(Backend backend, bool authenticated, bool traced)
    {
        var files = new Dictionary<string, string> { ["config.yaml"] = Configuration(backend, traced, authenticated ? ("appHttpPipeline", "bearer", "middleware.http.bearer") : null) };
        if (authenticated)
        {
            files["bearer.yaml"] = $"""
                apiVersion: dapr.io/v1alpha1
                kind: Component
                metadata:
                  name: bearer
                spec:
                  type: middleware.http.bearer
                  version: v1
                  metadata:
                    - name: issuer
                      value: "{backend.Provider.Issuer}"
                    - name: audience
                      value: "{RealmProvider.Resource}"
                """;
        }

        return files;
    }

    private static Dictionary<string, string> ClientFiles(Backend backend, int serverPort, bool authenticated, bool traced)
    {
        var files = new Dictionary<string, string>
        {
            ["config.yaml"] = Configuration(backend, traced, authenticated ? ("httpPipeline", "token", "middleware.http.oauth2clientcredentials") : null),
            ["server.yaml"] = $"""
                apiVersion: dapr.io/v1alpha1
                kind: HTTPEndpoint
                metadata:
                  name: {Server}
                spec:
                  baseUrl: http://127.0.0.1:{serverPort}/v1.0/invoke/{Server}/method
                """,
        };
        if (authenticated)
        {
            files["token.yaml"] = $"""
                apiVersion: dapr.io/v1alpha1
                kind: Component
                metadata:
                  name: token
                spec:
                  type: middleware.http.oauth2clientcredentials
                  version: v1
                  metadata:
                    - name: clientID
                      value: "{RealmProvider.Client}"
                    - name: clientSecret
                      value: "{RealmProvider.Secret}"
                    - name: tokenURL
                      value: "{backend.Provider.TokenUrl}"
                    - name: scopes
                      value: "{RealmProvider.Scope}"
                    - name: headerName
                      value: "authorization"
                    - name: authStyle
                      value: "1"
                    - name: pathFilter
                      value: "^/mcp"
                """;
        }

        return files;
    }

    private static string Configuration(Backend backend, bool traced, (string Pipeline, string Name, string Type)? handler)
    {
        var tracing = traced
            ? $"\n  tracing:\n    samplingRate: \"1\"\n    otel:\n      endpointAddress: 127.0.0.1:{backend.CollectorPort}\n      isSecure: false\n      protocol: http"
            : "\n  tracing:\n    samplingRate: \"0\"";
        var pipeline = handler is { } used ? $"\n  {used.Pipeline}:\n    handlers:\n      - name: {used.Name}\n        type: {used.Type}" : string.Empty;
        return $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: benchmark\nspec:\n  features:\n    - name: HotReload\n      enabled: false{tracing}{pipeline}\n";
    }
}
