using Aspire.Hosting.Dashboard.Bundle;
using Aspire.Hosting.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard.Tests;

/// <summary>A shell script in the place of the dashboard's program, and somebody who answers its health check.</summary>
internal sealed class ScriptedDashboard : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashboard-script-");
    private readonly WebApplication _health;
    private readonly DashboardLog _log;

    private ScriptedDashboard(WebApplication health, DashboardEndpoints endpoints)
    {
        _health = health;
        Options = new DashboardOptions();
        _log = new DashboardLog(InFolder("dashboard.log"), Options);
        var program = InFolder("program");
        Launcher = new DashboardLauncher(
            new DashboardBundle(program, "test"),
            new DashboardSettings(Options, endpoints, new Uri("http://127.0.0.1:1")),
            _folder.FullName,
            _log);
    }

    public DashboardOptions Options { get; }

    public DashboardLauncher Launcher { get; }

    public static async Task<ScriptedDashboard> StartAsync(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program that this test stands in for is a shell script.");
        var frontend = new Uri($"http://127.0.0.1:{new PortAllocator().TakeFree("test")}");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(frontend.AbsoluteUri);
        var health = builder.Build();
        health.Run(context => context.Response.WriteAsync("Healthy"));
        await health.StartAsync(TestContext.Current.CancellationToken);

        var dashboard = new ScriptedDashboard(health, new DashboardEndpoints(frontend, frontend, frontend));
        await dashboard.WriteAsync(script.Replace("LISTEN", $"echo 'Now listening on: {frontend.GetLeftPart(UriPartial.Authority)}'", StringComparison.Ordinal));
        return dashboard;
    }

    public string InFolder(string name) => Path.Combine(_folder.FullName, name);

    public Task<string> ReadAsync(string name) => File.ReadAllTextAsync(InFolder(name), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _health.DisposeAsync();
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task WriteAsync(string script)
    {
        var program = InFolder("program");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
