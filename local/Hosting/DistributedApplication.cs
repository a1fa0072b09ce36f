using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application that was built.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly EntryPointGate? _gate;

    /// <summary>Wraps a host.</summary>
    public DistributedApplication(IHost host)
        : this(host, gate: null)
    {
    }

    internal DistributedApplication(IHost host, EntryPointGate? gate)
    {
        _host = host ?? throw new ArgumentNullException(nameof(host));
        _gate = gate;
    }

    /// <summary>The services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>What happens to the resources.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>The commands of the resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>Creates a builder.</summary>
    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    /// <summary>Creates a builder with a command line.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    /// <summary>Creates a builder with options.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>Starts the application.</summary>
    public virtual async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_gate is not null)
        {
            await _gate.WaitUntilTestStartsAsync(cancellationToken).ConfigureAwait(false);
        }

        await StartCoreAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops the application and every process it started.</summary>
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>Runs the application until it is asked to end.</summary>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await StartAsync(cancellationToken).ConfigureAwait(false);
            await _host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Runs the application until it is asked to end.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <inheritdoc />
    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    public virtual async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            _host.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    internal async Task StartCoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AnnounceAsync(cancellationToken).ConfigureAwait(false);
            await _host.StartAsync(cancellationToken).ConfigureAwait(false);
            _gate?.Started(error: null);
        }
        catch (Exception e)
        {
            _gate?.Started(e);
            throw;
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var eventing = Services.GetRequiredService<IDistributedApplicationEventing>();
        var context = Services.GetRequiredService<DistributedApplicationExecutionContext>();
        foreach (var subscriber in Services.GetServices<IDistributedApplicationEventingSubscriber>())
        {
            await subscriber.SubscribeAsync(eventing, context, cancellationToken).ConfigureAwait(false);
        }

        var model = Services.GetRequiredService<DistributedApplicationModel>();
        await eventing.PublishAsync(new BeforeStartEvent(Services, model), cancellationToken).ConfigureAwait(false);
    }
}
