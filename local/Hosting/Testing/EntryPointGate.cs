using Aspire.Hosting.Engine;
using Aspire.Hosting.ProjectModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// Stands between an AppHost's entry point and a test: the entry point waits before it builds until the test has
/// changed the builder, and before it starts until the test starts.
/// </summary>
internal sealed class EntryPointGate(Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
{
    private static readonly AsyncLocal<EntryPointGate?> s_current = new();

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = NewSource<DistributedApplicationBuilder>();
    private readonly TaskCompletionSource<DistributedApplication> _application = NewSource<DistributedApplication>();
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayStart = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The gate of the entry point that runs here, if a test has called it.</summary>
    public static EntryPointGate? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    public Task<DistributedApplicationBuilder> Builder => _builder.Task;

    public Task<DistributedApplication> Application => _application.Task;

    public Task Startup => _started.Task;

    public void Configure(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.DisableDashboard = true;
        configure(options, settings);
    }

    /// <summary>What <c>dotnet run</c> would set from the first launch profile of the AppHost, below everything else.</summary>
    public static void AddLaunchProfile(HostApplicationBuilderSettings settings, AppHostInfo appHost)
    {
        var profile = LaunchProfiles.Read(appHost.Directory)?.Profiles.FirstOrDefault(p => p.Value.CommandName == "Project");
        var variables = profile?.Value?.EnvironmentVariables ?? [];
        var environment = variables.GetValueOrDefault("DOTNET_ENVIRONMENT") ?? variables.GetValueOrDefault("ASPNETCORE_ENVIRONMENT");
        settings.Configuration ??= new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection(variables
            .Where(v => !v.Key.StartsWith("ASPIRE_", StringComparison.OrdinalIgnoreCase)) // addresses of a dashboard that is not there
            .Select(v => KeyValuePair.Create(v.Key.Replace("__", ":", StringComparison.Ordinal), (string?)v.Value))
            .Append(KeyValuePair.Create(HostDefaults.EnvironmentKey, environment))
            .Append(KeyValuePair.Create(EndpointAllocation.RandomizePortsKey, (string?)"true")));
    }

    public void WaitUntilTestBuilds(DistributedApplicationBuilder builder)
    {
        _builder.TrySetResult(builder);
        _mayBuild.Task.GetAwaiter().GetResult();
    }

    public void LetBuild() => _mayBuild.TrySetResult();

    public void Built(DistributedApplication application) => _application.TrySetResult(application);

    public Task WaitUntilTestStartsAsync(CancellationToken cancellationToken) => _mayStart.Task.WaitAsync(cancellationToken);

    public void LetStart() => _mayStart.TrySetResult();

    public void Started(Exception? error)
    {
        if (error is null)
        {
            _started.TrySetResult();
        }
        else
        {
            _started.TrySetException(error);
        }
    }

    /// <summary>The entry point has ended, and whoever waits for a step that it did not reach learns why.</summary>
    public void EntryPointEnded(Exception? error)
    {
        var reason = error ?? new InvalidOperationException("The entry point of the AppHost ended before it built and started the application.");
        _builder.TrySetException(reason);
        _application.TrySetException(reason);
        _started.TrySetException(reason);
        _ = (_builder.Task.Exception, _application.Task.Exception, _started.Task.Exception); // observed
    }

    /// <summary>The test is over before the entry point got this far.</summary>
    public void Abandon()
    {
        var reason = new OperationCanceledException("The test ended before it built or started the application.");
        _mayBuild.TrySetException(reason);
        _mayStart.TrySetException(reason);
        _ = (_mayBuild.Task.Exception, _mayStart.Task.Exception); // observed
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
