using System.Diagnostics;

namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>Has an <c>aspire</c> executable write its bundle into a folder of ours and keeps the part with the dashboard.</summary>
internal sealed class BundleUnpacker(BundleCache cache)
{
    public static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(1);

    /// <summary>Unpacks below <paramref name="staging"/> and publishes the result; a string says what went wrong.</summary>
    public async Task<(DashboardBundle? Bundle, string? Failure)> UnpackAsync(
        string cli, string version, string staging, CancellationToken cancellationToken)
    {
        var install = Path.Combine(staging, "install");
        var start = IsolatedStart(cli, staging);
        start.Environment["ASPIRE_LAYOUT_PATH"] = Path.Combine(install, "bundle");
        foreach (var argument in (string[])["setup", "--install-path", install, "--non-interactive", "--nologo"])
        {
            start.ArgumentList.Add(argument);
        }

        var result = await ToolRun.RunAsync(start, TimeLimit, cancellationToken);
        if (!result.Succeeded)
        {
            return (null, $"unpacking it with '{cli} setup' failed: {result.Summary}");
        }

        // Beside managed/ the bundle has dcp/, Aspire's own orchestrator, which nothing here needs.
        var managed = Directory.EnumerateDirectories(Path.Combine(install, "versions"))
            .Select(folder => Path.Combine(folder, "managed"))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, DashboardBundle.ManagedFileName)));
        return managed is null
            ? (null, $"'{cli} setup' unpacked no {DashboardBundle.ManagedFileName}")
            : (cache.Publish(managed, version), null);
    }

    /// <summary>The CLI with a HOME of its own: it would otherwise write into the user's and look for updates.</summary>
    public static ProcessStartInfo IsolatedStart(string cli, string folder)
    {
        var home = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;
        var settings = Directory.CreateDirectory(Path.Combine(home, ".aspire")).FullName;
        File.WriteAllText(
            Path.Combine(settings, "aspire.config.json"), """{"features":{"updateNotificationsEnabled":false}}""");

        var start = new ProcessStartInfo(cli) { WorkingDirectory = home };
        ChildEnvironment.Isolate(start, home);
        start.Environment["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "true";
        return start;
    }
}
