using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Bundle;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard.Tests;

/// <summary>The real dashboard with one resource, on free ports.</summary>
public sealed class RealDashboardFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _runFolder = Directory.CreateTempSubdirectory("dashboard-run-");
    private readonly TestResources _resources = new();
    private readonly TaskCompletionSource _watching = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServiceProvider? _services;
    private string? _unavailable;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });

    internal List<string> Said { get; } = [];

    internal TestResources Resources => _resources;

    internal string LogPath => Path.Combine(_runFolder.FullName, "dashboard.log");

    /// <summary>Done once the dashboard asks for the resources.</summary>
    internal Task Watching => _watching.Task;

    /// <summary>How to reach it; skips the test on a machine that can have none.</summary>
    internal DashboardConnection Connection
    {
        get
        {
            Assert.SkipWhen(_unavailable is not null, _unavailable ?? "");
            return Host.Connection!;
        }
    }

    internal DashboardHost Host => _services!.GetRequiredService<DashboardHost>();

    public async ValueTask InitializeAsync()
    {
        await _resources.Notifications.PublishUpdateAsync(TestResources.Executable("api"), _ => TestResources.Snapshot());
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("ASPNETCORE_URLS", "http://localhost:0")])
            .Build();
        _services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(new WatchSignal(_watching)))
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<IHostEnvironment>(new TestEnvironment())
            .AddSingleton<IHostApplicationLifetime>(new RunningApplication())
            .AddSingleton(_resources.Notifications)
            .AddSingleton(_resources.Logs)
            .AddSingleton(_resources.Commands)
            .AddDashboard()
            .BuildServiceProvider();

        var start = await Host.StartAsync(_runFolder.FullName, Said.Add, CancellationToken.None);
        if (start is DashboardStart.Unavailable { Reason: var reason })
        {
            // With npm on the machine it can be had, and not getting it is a failure.
            Assert.Null(ExecutableSearch.Find("npm", Environment.GetEnvironmentVariable("PATH")) is null ? null : reason);
            _unavailable = reason;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        _resources.Dispose();
        _runFolder.Delete(recursive: true);
    }

    private sealed class TestEnvironment : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Development";

        public string ApplicationName { get; set; } = "Shop";

        public string ContentRootPath { get; set; } = "";

        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } = new Microsoft.Extensions.FileProviders.NullFileProvider();
    }

    private sealed class WatchSignal(TaskCompletionSource watching) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).StartsWith("A dashboard watches the resources", StringComparison.Ordinal))
            {
                watching.TrySetResult();
            }
        }

        public void Dispose()
        {
        }
    }
}
