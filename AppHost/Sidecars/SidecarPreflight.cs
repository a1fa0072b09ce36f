using System.Diagnostics;
using System.Text.Json;

namespace McpAspire.AppHost;

/// <summary><c>Sidecar check</c> for a real daprd, which says nothing when it starts without authentication.</summary>
internal static class SidecarPreflight
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    /// <summary>Throws when daprd would run unprotected, with file, line and mend of everything that is wrong.</summary>
    public static async Task RequireSafeAsync(SidecarPlan plan, StackSecret secret, CancellationToken cancellationToken)
    {
        var value = await secret.Parameter.Resource.GetValueAsync(cancellationToken).ConfigureAwait(false);
        var (exitCode, output) = await RunAsync(plan, KeyValuePair.Create(secret.Variable, value), cancellationToken).ConfigureAwait(false);
        if (exitCode == 0)
        {
            return;
        }

        throw new DistributedApplicationException(exitCode == 1
            ? $"daprd is not started for {plan.AppId}, because it would not protect it. {string.Join(' ', Errors(output, plan))}"
            : $"daprd is not started for {plan.AppId}, because its resources could not be checked (exit code {exitCode}).");
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(SidecarPlan plan, KeyValuePair<string, string?> secret, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(
            Path.Combine(BuildFacts.SidecarFolder, Commands.Executable("Sidecar")),
            ["check", "--target", "daprd", "--output", "json", "--app-id", plan.AppId, "--config", plan.ConfigFile, "--resources-path", plan.ResourcesFolder])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[secret.Key] = secret.Value;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        using var check = Process.Start(start)!;
        try
        {
            var output = await check.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
            await check.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return (check.ExitCode, output);
        }
        catch (OperationCanceledException)
        {
            check.Kill();
            cancellationToken.ThrowIfCancellationRequested();
            return (-1, string.Empty);
        }
    }

    /// <summary>A sentence for each error, with the file that a person edits instead of this run's copy of it.</summary>
    private static IEnumerable<string> Errors(string output, SidecarPlan plan)
    {
        using var findings = JsonDocument.Parse(output);
        return
        [
            .. findings.RootElement.EnumerateArray()
                .Where(finding => Text(finding, "severity") == "error")
                .Select(finding => $"{Original(Text(finding, "file"), plan)}:{finding.GetProperty("line").GetInt32()}: {Original(Text(finding, "message"), plan)} Mend: {Original(Text(finding, "mend"), plan)}"),
        ];
    }

    private static string Text(JsonElement finding, string name) => finding.GetProperty(name).GetString()!;

    private static string Original(string text, SidecarPlan plan) => text.Replace(plan.Folder, $"components/{plan.AppId}", StringComparison.Ordinal);
}
