using System.Globalization;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What the recordings were made with: an app, a second one behind HTTPEndpoints, a provider, and sidecars with a recorded configuration.</summary>
internal sealed class ContractRig : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sidecar-contract-").FullName;
    private readonly List<SidecarProcess> _others = [];
    private readonly List<EchoApp> _apps = [];
    private readonly List<int> _kept = [];
    private string? _config;

    public ContractRig()
    {
        Ports.Set(5600, App.Port);
        Ports.Set(5601, Endpoint.Port);
        Ports.Set(5680, Provider.Port);
        foreach (var recorded in new[] { 3600, 3610, 3690, 5605, 5606, 5699 })
        {
            var port = FreePort.Keep();
            Ports.Set(recorded, port);
            _kept.Add(port);
        }
    }

    public Ports Ports { get; } = new();

    /// <summary>Changes a recorded configuration's text.</summary>
    public Func<string, string> ChangeConfiguration { get; init; } = static text => text;

    public EchoApp App { get; } = new();

    public EchoApp Endpoint { get; } = new();

    public FakeProvider Provider { get; } = new();

    public SidecarProcess? Sidecar { get; private set; }

    /// <summary>Makes the sidecar of <paramref name="config"/> the running one; null when it does not start.</summary>
    public async Task<SidecarProcess?> UseAsync(string config, CancellationToken cancellationToken)
    {
        if (_config == config)
        {
            return Sidecar; // null: it did not start, and will not now
        }

        await StopSidecarsAsync();
        _config = config;
        App.StartCalls.Clear();
        if (IsSecondHop(config))
        {
            _others.Add(await SidecarProcess.StartAsync(Arguments("plain"), cancellationToken, Ports[3600], Environment("plain"), Folder("plain")));
        }

        var sidecar = SidecarProcess.Launch(Arguments(config), IsSecondHop(config) ? Ports[3610] : Ports[3600], Environment(config), Folder(config));
        try
        {
            await sidecar.WaitForStartOrEndAsync(cancellationToken);
            Sidecar = sidecar.HasExited ? null : sidecar;
            LastOutput = () => sidecar.Output;
            Last = sidecar;
            if (Sidecar is null)
            {
                _others.Add(sidecar);
            }
        }
        catch
        {
            await sidecar.DisposeAsync();
            throw;
        }

        return Sidecar;
    }

    /// <summary>The sidecar listens before it looks for the app: what it says of the app is only then as recorded.</summary>
    public async Task WaitForAppAsync(string config, CancellationToken cancellationToken)
    {
        if (Sidecar is not null && Arguments(config).Contains("--app-port"))
        {
            await Eventually.TrueAsync(() => LastOutput().Contains("application discovered", StringComparison.Ordinal), "the app is found", cancellationToken);
            if (config.StartsWith("ratelimit", StringComparison.Ordinal))
            {
                return; // each question counts
            }

            await Eventually.TrueAsync(
                async () => !(await RawClient.GetAsync(Sidecar!.HttpPort, "/v1.0/healthz", cancellationToken)).Text.Contains("dapr is not ready: [runtime]", StringComparison.Ordinal), "the app is asked", cancellationToken);
        }
    }

    /// <summary>Its calls go to a sidecar of its own that has the app.</summary>
    private static bool IsSecondHop(string config) => config is "plain2" or "remote";

    /// <summary>The one that was started last, running or not.</summary>
    public SidecarProcess? Last { get; private set; }

    public Func<string> LastOutput { get; private set; } = () => string.Empty;

    /// <summary>An app on one of the recorded ports that are closed at first.</summary>
    public EchoApp StartApp(int recordedPort)
    {
        if (_apps.FirstOrDefault(app => app.Port == Ports[recordedPort]) is not { } app)
        {
            app = new EchoApp(Ports[recordedPort]);
            _apps.Add(app);
        }

        return app;
    }

    /// <summary>Forgets which configuration runs: the next use starts afresh.</summary>
    public void Restart() => _config = null;

    /// <summary>A start of its own: what came to the apps and the provider before it is forgotten.</summary>
    public Task<SidecarProcess?> UseAfreshAsync(string config, CancellationToken cancellationToken)
    {
        Restart();
        TakeRequests();
        App.StartCalls.Clear();
        return UseAsync(config, cancellationToken);
    }

    public string Folder(string config)
    {
        var target = Path.Combine(_folder, config);
        if (Directory.Exists(target))
        {
            return target;
        }

        var source = Path.Combine(Recording.Folder, "config", config);
        Directory.CreateDirectory(target);
        if (!Directory.Exists(source))
        {
            return target;
        }

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllText(copy, Ports.ToActual(ChangeConfiguration(File.ReadAllText(file))).Replace("\"secrets.json\"", $"\"{Path.Combine(target, "secrets.json")}\"", StringComparison.Ordinal));
        }

        return target;
    }

    public List<string> Arguments(string config)
    {
        var folder = Folder(config);
        var set = Settings(config);
        var appPort = (int?)set["appPort"] ?? 5600;
        List<string> arguments =
        [
            "--app-id", (string?)set["appId"] ?? "app",
            "--dapr-listen-addresses", "127.0.0.1",
            "--placement-host-address", "",
        ];
        if (appPort > 0)
        {
            arguments.AddRange(["--app-port", (Ports.TryGet(appPort) ?? appPort).ToString(CultureInfo.InvariantCulture)]);
        }

        if (Directory.Exists(Path.Combine(folder, "resources")))
        {
            arguments.AddRange(["--resources-path", Path.Combine(folder, "resources")]);
        }

        if (File.Exists(Path.Combine(folder, "config.yaml")))
        {
            arguments.AddRange(["--config", Path.Combine(folder, "config.yaml")]);
        }

        if (config == "shutdown")
        {
            arguments.AddRange(["--dapr-graceful-shutdown-seconds", "60"]); // its five seconds may be too few for a busy machine
        }

        arguments.AddRange((set["flags"] as JsonArray ?? []).Select(flag => Ports.ToActual((string)flag!)));
        return arguments;
    }

    public Dictionary<string, string> Environment(string config)
        => new((Settings(config)["env"] as JsonObject ?? []).Select(pair => KeyValuePair.Create(pair.Key, (string)pair.Value!))) { ["XDG_RUNTIME_DIR"] = _folder };

    public JsonObject Settings(string config)
        => File.Exists(Path.Combine(Folder(config), "set.json"))
            ? JsonNode.Parse(File.ReadAllText(Path.Combine(Recording.Folder, "config", config, "set.json")))!.AsObject()
            : [];

    public bool HasRequests => !App.Requests.IsEmpty || !Endpoint.Requests.IsEmpty || !Provider.Requests.IsEmpty;

    /// <summary>What the app, the endpoint's app and the provider got since the last call, the provider's apart.</summary>
    public (IReadOnlyList<RawRequest> Apps, IReadOnlyList<RawRequest> Provider) TakeRequests()
    {
        var provider = Provider.TakeRequests();
        ProviderRequests.AddRange(provider);
        return ([.. App.TakeRequests(), .. Endpoint.TakeRequests(), .. _apps.SelectMany(app => app.TakeRequests()).Where(request => request.Path != "/healthz")], provider);
    }

    /// <summary>All that the provider got and that was taken.</summary>
    public List<RawRequest> ProviderRequests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await StopSidecarsAsync();
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        await App.DisposeAsync();
        await Endpoint.DisposeAsync();
        await Provider.DisposeAsync();
        _kept.ForEach(FreePort.LetGo);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StopSidecarsAsync()
    {
        if (Sidecar is { } sidecar)
        {
            await sidecar.DisposeAsync();
            Sidecar = null;
        }

        foreach (var other in _others)
        {
            await other.DisposeAsync();
        }

        _others.Clear();
    }
}
