using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>The resource service in a small server of its own inside the engine: HTTP/2 without TLS, this machine only.</summary>
internal sealed class ResourceServiceHost : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication _application;
    private readonly CancellationTokenSource _stopping;
    private readonly Task _following;
    private bool _disposed;

    private ResourceServiceHost(WebApplication application, Uri url, CancellationTokenSource stopping, Task following)
    {
        _application = application;
        _stopping = stopping;
        _following = following;
        Url = url;
    }

    public Uri Url { get; }

    /// <param name="settings">Name, key and wished port (0: any).</param>
    /// <param name="notifications">Source of the resources' states.</param>
    /// <param name="logs">Source of their console lines.</param>
    /// <param name="commands">Runs what is pressed in the dashboard.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggerFactory">The engine's log.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static async Task<ResourceServiceHost> StartAsync(
        ResourceServiceSettings settings,
        ResourceNotificationService notifications,
        ResourceLoggerService logs,
        ResourceCommandService commands,
        TimeProvider time,
        ILoggerFactory loggerFactory,
        CancellationToken cancellationToken)
    {
        var stopping = new CancellationTokenSource();
        var feed = new ResourceFeed(notifications, time, loggerFactory.CreateLogger<ResourceFeed>());

        // Empty: nothing of the AppHost's own configuration (URLs, certificates) may reach this server.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, settings.Port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(loggerFactory);
        builder.Services.AddSingleton(new ResourceServiceIdentity(settings.ApplicationName, stopping.Token));
        builder.Services.AddSingleton(feed);
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton(commands);
        builder.Services.AddRouting();
        builder.Services.AddGrpc();

        var application = builder.Build();
        var gate = new ApiKeyGate(settings.ApiKey);
        application.Use(gate.InvokeAsync);
        application.UseRouting();
        application.MapGrpcService<DashboardResourceService>();
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch
        {
            stopping.Dispose();
            await application.DisposeAsync();
            throw;
        }

        return new ResourceServiceHost(application, new Uri(application.Urls.Single()), stopping, feed.RunAsync(stopping.Token));
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stopping.CancelAsync();
        await _following;
        using var limit = new CancellationTokenSource(StopLimit);
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
        _stopping.Dispose();
    }
}
