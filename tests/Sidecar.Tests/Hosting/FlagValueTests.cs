using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>A value of a flag or variable has the effect that daprd gives it, or is refused with a sentence before anything starts.</summary>
public sealed class FlagValueTests
{
    private const int SigTerm = 15;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--dapr-graceful-shutdown-seconds", "9999999", "0 to 3600000; less is the default of 5")]
    [InlineData("--dapr-graceful-shutdown-seconds", "3600001", "0 to 3600000; less is the default of 5")]
    [InlineData("--dapr-graceful-shutdown-seconds", "soon", "0 to 3600000; less is the default of 5")]
    [InlineData("--dapr-graceful-shutdown-seconds", "99999999999999999999", "0 to 3600000; less is the default of 5")]
    [InlineData("--app-health-probe-interval", "3600001", "1 to 3600000; less is the default of 5")]
    [InlineData("--app-health-probe-timeout", "0.5", "1 to 2147483647; less is the default of 500")]
    [InlineData("--app-health-threshold", "1e3", "1 to 2147483647; less is the default of 3")]
    [InlineData("--app-max-concurrency", "many", "0 to 2147483647; 0 and less are no limit")]
    [InlineData("--dapr-http-read-buffer-size", "2097152", "1 to 1048576; less is the default of 4")]
    [InlineData("--dapr-http-max-request-size", "4Mi", "1 to 2147483647; less is the default of 4")]
    public void Number_ThatIsNone_OrTooLarge_IsRefused_WithItsRange(string flag, string value, string range)
        => Assert.Equal($"The value '{value}' of {flag} is not a whole number from {range}.", Refusal(flag, value));

    [Theory]
    [InlineData("-5", 5)]
    [InlineData("-2147483648", 5)]
    [InlineData("", 5)]
    [InlineData("0", 0)]
    [InlineData("3600000", 3_600_000)]
    public void GracefulShutdown_BelowZero_IsTheDefault(string value, int seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), Read("--dapr-graceful-shutdown-seconds", value).GracefulShutdown);

    [Theory]
    [InlineData("-5")]
    [InlineData("3600000")]
    public async Task GracefulShutdown_OfAnyValueThatIsTaken_EndsWell(string value)
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--dapr-graceful-shutdown-seconds", value], Stopping);

        sidecar.Signal(SigTerm);
        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.True(sidecar.ExitCode == 0, output);
    }

    [Theory]
    [InlineData("--read-buffer-size", "3Gi", "1Gi")]
    [InlineData("--read-buffer-size", "2Gi", "1Gi")]
    [InlineData("--read-buffer-size", "4Gi", "1Gi")]
    [InlineData("--read-buffer-size", "1073741825", "1Gi")]
    [InlineData("--max-body-size", "8Ei", "9223372036854775807")]
    [InlineData("--max-body-size", "1e30", "9223372036854775807")]
    [InlineData("--max-body-size", "1e6Ki", "9223372036854775807")]
    public void Size_ThatIsTooLarge_IsRefused_WithItsRange(string flag, string value, string most)
        => Assert.StartsWith($"The value '{value}' of {flag} is not a size up to {most}; allowed are ", Refusal(flag, value), StringComparison.Ordinal);

    [Theory]
    [InlineData("--read-buffer-size", "1Gi")]
    [InlineData("--dapr-http-read-buffer-size", "1048576")]
    [InlineData("--max-body-size", "9223372036854775807")]
    [InlineData("--dapr-http-max-request-size", "2147483647")]
    public async Task Size_OfTheMaximum_Starts(string flag, string value)
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", flag, value], Stopping);

        Assert.Equal(200, (await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/metadata", Stopping, ("X-Big", new string('x', 5000)))).Status);
    }

    [Theory]
    [InlineData("1e6", 1_000_000)]
    [InlineData("1.5E3", 1500)]
    [InlineData("1T", 1_000_000_000_000)]
    [InlineData("1Ti", 1L << 40)]
    [InlineData("1Pi", 1L << 50)]
    [InlineData("7Ei", 7L << 60)]
    [InlineData("1P", 1_000_000_000_000_000)]
    [InlineData("1E", 1_000_000_000_000_000_000)]
    [InlineData("16Ki", 16 * 1024)]
    public void Size_IsWhatKubernetesReads(string value, long bytes) => Assert.Equal(bytes, Read("--max-body-size", value).MaxBodySize);

    [Theory]
    [InlineData("1e")]
    [InlineData("1e6k")]
    [InlineData("1Zi")]
    [InlineData("1e99999999999")]
    [InlineData("7.9999999999999999999999999Ei")]
    public void Size_ThatKubernetesCannotRead_IsNone(string value) => Assert.False(Quantity.TryParse(value, out _));

    [Theory]
    [InlineData("0", "0", "0")]
    [InlineData("-5", "-1", "-3")]
    [InlineData("", "", "")]
    public void HealthCheck_OfNothing_IsTheDefault(string interval, string timeout, string threshold)
        => Assert.Equal(
            new AppHealthCheck("/healthz", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(500), 3),
            Read("--enable-app-health-check", "--app-health-probe-interval", interval, "--app-health-probe-timeout", timeout, "--app-health-threshold", threshold).AppHealthCheck);

    [Theory]
    [InlineData("--app-health-probe-interval", "1", "--app-health-probe-timeout", "1001")]
    [InlineData("--enable-app-health-check", "--app-health-probe-interval=1", "--app-health-probe-timeout=1001")]
    public void HealthCheck_WhoseTimeoutIsLongerThanItsInterval_IsRefused(params string[] arguments)
        => Assert.Equal(
            "The value '1001' (milliseconds) of --app-health-probe-timeout is more than that of --app-health-probe-interval, '1' (seconds); allowed is at most as long.",
            Refusal(arguments));

    [Fact]
    public void HealthCheck_WhoseTimeoutIsItsInterval_IsTaken()
        => Assert.Equal(
            TimeSpan.FromSeconds(1),
            Read("--enable-app-health-check", "--app-health-probe-interval", "1", "--app-health-probe-timeout", "1000").AppHealthCheck!.Timeout);

    [Theory]
    [InlineData("enable-mtls", "--enable-mtls")]
    [InlineData("enable-mtls", "--enable-mtls=false")]
    [InlineData("enable-profiling", "-enable-profiling")]
    [InlineData("wait", "--wait")]
    [InlineData("disable-builtin-k8s-secret-store", "--disable-builtin-k8s-secret-store")]
    [InlineData("kubernetes", "-k")]
    [InlineData("mode", "--mode", "kubernetes")]
    public void FlagWithoutEffect_IsSaid(string flag, params string[] arguments)
        => Assert.Equal([$"The flag --{flag} is accepted but has no effect in this sidecar."], ParsedArguments.Parse(arguments).Warnings);

    [Theory]
    [InlineData("--placement-host-address=")]
    [InlineData("--placement-host-address", "")]
    [InlineData("--scheduler-host-address", "")]
    [InlineData("--enable-mtls=")]
    public void FlagWithoutEffect_ThatIsEmpty_IsNotSaid(params string[] arguments) => Assert.Empty(ParsedArguments.Parse(arguments).Warnings);

    [Theory]
    [InlineData("DAPR_HTTP_PORT", "abc", "is not a port; allowed are 0 to 65535, and -1 for a free one.")]
    [InlineData("DAPR_GRPC_PORT", "70000", "is not a port; allowed are 0 to 65535, and -1 for a free one.")]
    [InlineData("APP_PORT", "abc", "is not a port; allowed are 0 to 65535, and -1 for a free one.")]
    [InlineData("APP_PROTOCOL", "smtp", "is not known; allowed are http, https, h2c, grpc, grpcs.")]
    [InlineData("APP_ID", "a.b", "contains a dot; a dot separates an app id from its namespace.")]
    [InlineData("APP_CHANNEL_ADDRESS", "a b", "is not a host name or an IP address; allowed is for example 127.0.0.1.")]
    public void Variable_WithAWrongValue_IsNamed(string variable, string value, string sentence)
    {
        var refusal = Assert.Throws<CommandLineException>(() => Read(variable == "APP_ID" ? [] : ["--app-id", "app"], name => name == variable ? value : null));

        Assert.Equal(($"The value '{value}' of {variable} {sentence}", 1), (refusal.Message, refusal.ExitCode));
    }

    [Fact]
    public void Variables_OfOnePort_AreNamed()
    {
        var refusal = Assert.Throws<CommandLineException>(() => Read(["--app-id", "app", "--app-port", "3500"], name => name == "DAPR_HTTP_PORT" ? "3500" : null));

        Assert.Equal("The value 3500 of DAPR_HTTP_PORT is also the value of --app-port; the app and its sidecar need a port each.", refusal.Message);
    }

    [Fact]
    public void Flag_BesideItsVariable_IsTheOneThatIsNamed()
    {
        var refusal = Assert.Throws<CommandLineException>(() => Read(["--app-id", "app", "--app-port", "x"], name => name == "APP_PORT" ? "5000" : null));

        Assert.StartsWith("The value 'x' of --app-port ", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-f", "-f", "x.yaml")]
    [InlineData("--run-file", "--run-file", "x.yaml")]
    [InlineData("--run-file=x.yaml", "--run-file=x.yaml")]
    public void RunFile_IsRefused_WithWhatToDoInstead(string argument, params string[] arguments)
    {
        var refusal = Assert.Throws<CommandLineException>(() => ParsedArguments.Parse(arguments));

        Assert.Equal(CommandLineException.WrongUsage, refusal.ExitCode);
        Assert.Equal(
            $"The flag '{argument}' asks for a run file, of several apps, and there are none here; start each of its apps with a 'run' of its own, and give the values of the file as flags.",
            refusal.Message);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("http://app")]
    [InlineData("app:80")]
    [InlineData("app/x")]
    [InlineData("app?x")]
    [InlineData("[::1")]
    public void ChannelAddress_ThatIsNoHost_IsRefused(string value)
        => Assert.Equal($"The value '{value}' of --app-channel-address is not a host name or an IP address; allowed is for example 127.0.0.1.", Refusal("--app-channel-address", value));

    [Theory]
    [InlineData("localhost", "http://localhost:80/")]
    [InlineData("my_app.internal", "http://my_app.internal:80/")]
    [InlineData("10.0.0.1", "http://10.0.0.1:80/")]
    [InlineData("::1", "http://[::1]:80/")]
    [InlineData("[::1]", "http://[::1]:80/")]
    [InlineData("", "http://127.0.0.1:80/")]
    public void ChannelAddress_OfAHost_IsTaken(string value, string address)
        => Assert.Equal(new Uri(address), new Uri(Read("--app-port", "80", "--app-channel-address", value).AppAddress));

    [Theory]
    [InlineData(1, "fatal", "--app-id", "app", "--read-buffer-size", "3Gi")]
    [InlineData(2, "run file", "run", "-f", "x.yaml")]
    public async Task Refusal_EndsTheStart_WithoutAStackTrace(int exitCode, string sentence, params string[] arguments)
    {
        await using var sidecar = SidecarProcess.LaunchExactly(arguments, FreePort.Next());

        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(exitCode, sidecar.ExitCode);
        Assert.Contains(sentence, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static string Refusal(params string[] arguments)
    {
        var refusal = Assert.Throws<CommandLineException>(() => Read(arguments));
        Assert.Equal(1, refusal.ExitCode);
        return refusal.Message;
    }

    private static SidecarOptions Read(params string[] arguments) => Read(["--app-id", "app", .. arguments], _ => null);

    private static SidecarOptions Read(string[] arguments, Func<string, string?> environment)
        => new SidecarOptionsReader(ParsedArguments.Parse(arguments), environment, asDaprRun: false).Read();
}
