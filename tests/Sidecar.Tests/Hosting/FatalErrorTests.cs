using System.Diagnostics;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>A start that fails says so where daprd's scripts look for it, and once.</summary>
public sealed class FatalErrorTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--app-id", "app", "--config", "nowhere.yaml")]
    [InlineData("run", "--app-id", "app", "--app-port", "abc")]
    public async Task Start_ThatFails_WritesAFatalLineToStandardOutput(params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(SidecarProcess.Executable, arguments);

        Assert.Equal(1, exitCode);
        var line = Assert.Single(output, line => line.Contains("level=fatal", StringComparison.Ordinal));
        Assert.Matches("^time=\"[^\"]+\" level=fatal msg=\"Fatal error from runtime: .+\" app_id=app instance=\\S+ scope=dapr\\.runtime type=log ver=unknown$", line);
        Assert.Empty(error);
    }

    [Theory]
    [InlineData("--log-as-json")]
    [InlineData("--log-as-json=1")]
    public async Task Start_ThatFails_WritesJson_WhenTheLogIsJson(string flag)
    {
        var (exitCode, output, error) = await RunAsync(SidecarProcess.Executable, "--app-id", "app", flag, "--resources-path", "nowhere");

        Assert.Equal(1, exitCode);
        var line = Assert.Single(output.Select(text => JsonNode.Parse(text)!), line => (string?)line["level"] == "fatal");
        Assert.Equal(("app", "dapr.runtime"), ((string?)line["app_id"], (string?)line["scope"]));
        Assert.StartsWith("Fatal error from runtime: ", (string?)line["msg"], StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Fact]
    public async Task Signal_RightBehindTheFatalLine_DoesNotChangeTheExitCode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It has no such signals.");
        for (var start = 0; start < 10; start++)
        {
            using var process = Process.Start(new ProcessStartInfo(SidecarProcess.Executable, ["--app-id", "app", "--config", "nowhere.yaml"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            while (await process.StandardOutput.ReadLineAsync(Stopping) is { } line && !line.Contains("level=fatal", StringComparison.Ordinal))
            {
            }

            using var kill = Process.Start(new ProcessStartInfo("kill", ["-INT", $"{process.Id}"]) { RedirectStandardError = true })!; // of one that has ended it says so
            await process.WaitForExitAsync(Stopping);
            Assert.Equal(1, process.ExitCode);
        }
    }

    [Fact]
    public async Task Usage_ThatIsWrong_IsNoFatalLine()
    {
        var (exitCode, output, error) = await RunAsync(SidecarProcess.Executable, "--app-prt", "1");

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains("did you mean '--app-port'?", Assert.Single(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminal_GetsTheSentence_AndNotBoth()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Its script makes the terminal.");
        var script = RequiredTool.Find("script", "a terminal of its own");

        var (_, output, _) = await RunAsync(script, "-qec", $"{SidecarProcess.Executable} --app-id app --config nowhere.yaml", "/dev/null");

        var line = Assert.Single(output, line => line.Contains("nowhere.yaml", StringComparison.Ordinal));
        Assert.DoesNotContain("level=fatal", line, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string[] Output, string[] Error)> RunAsync(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Stopping);
        var error = process.StandardError.ReadToEndAsync(Stopping);
        await process.WaitForExitAsync(Stopping);
        return (process.ExitCode, Lines(await output), Lines(await error));
    }

    private static string[] Lines(string text) => text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
