using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>
/// What the contract is played against: the provider at IDP_URL (a real Keycloak with the same realm and the
/// secrets of the recordings, for example), or one of our own.
/// </summary>
internal sealed class ContractTarget : IAsyncDisposable
{
    private readonly RunningProvider? _own;

    private ContractTarget(string baseUrl, RunningProvider? own)
    {
        BaseUrl = baseUrl;
        _own = own;
    }

    public string BaseUrl { get; }

    public string Issuer => $"{BaseUrl}/realms/mcp";

    /// <summary>Our own, whose realm may be changed and whose clock may be moved; null at IDP_URL.</summary>
    public RunningProvider? Own => _own;

    public static async Task<ContractTarget> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("IDP_URL") is { Length: > 0 } url)
        {
            return new ContractTarget(url.TrimEnd('/'), null);
        }

        var own = await RunningProvider.StartAsync();
        return new ContractTarget(own.BaseUrl, own);
    }

    /// <summary>A variant of the realm: only our own provider can serve one.</summary>
    public static async Task<ContractTarget> StartVariantAsync(string realmPath, params string[] args)
    {
        var own = await RunningProvider.StartAsync(realmPath, args);
        return new ContractTarget(own.BaseUrl, own);
    }

    /// <summary>Lets time pass: by the clock of our own provider, by waiting elsewhere.</summary>
    public Task PassAsync(TimeSpan time)
    {
        if (_own is null)
        {
            return Task.Delay(time, TestContext.Current.CancellationToken);
        }

        _own.Clock.Advance(time);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
