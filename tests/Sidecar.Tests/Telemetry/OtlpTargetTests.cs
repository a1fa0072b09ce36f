using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Telemetry;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Telemetry;

/// <summary>OpenTelemetry's variables say where spans go, and what cannot be used is said instead of replaced.</summary>
public sealed class OtlpTargetTests
{
    private static readonly TracingSettings _configured = TracingSettings.None with { Otlp = new OtlpSettings(new Uri("http://configured:4318"), Grpc: false, [new("key", "a,b")], TimeSpan.FromSeconds(3)) };

    [Theory]
    [InlineData("ENDPOINT=http://all:4317", "http://all:4317/", true)]
    [InlineData("ENDPOINT=http://all:4318;PROTOCOL=http/protobuf", "http://all:4318/v1/traces", false)]
    [InlineData("ENDPOINT=https://all/base/;PROTOCOL=http/protobuf", "https://all/base/v1/traces", false)]
    [InlineData("ENDPOINT=http://all/v1/traces;PROTOCOL=http/protobuf", "http://all/v1/traces", false)]
    [InlineData("ENDPOINT=http://all;TRACES_ENDPOINT=http://traces/here;TRACES_PROTOCOL=http/protobuf;PROTOCOL=grpc", "http://traces/here", false)]
    [InlineData("ENDPOINT=collector:4317", "https://collector:4317/", true)]
    [InlineData("ENDPOINT=collector:4318;INSECURE=true;PROTOCOL=http", "http://collector:4318/v1/traces", false)]
    [InlineData("PROTOCOL=grpc", "http://configured:4318/v1/traces", false)]
    public void Endpoint_IsThatOfTheEnvironment_ElseOfTheConfiguration(string variables, string endpoint, bool isGrpc)
    {
        var target = Read(variables, _configured);

        Assert.Equal((endpoint, isGrpc), (target!.Endpoint.AbsoluteUri, target.Grpc));
    }

    [Fact]
    public void HeadersAndTimeout_AreOfTheSamePlace_ExceptThatTheEnvironmentsTimeoutWins()
    {
        Assert.Equal(("key=a%2Cb", 3), Both(Read("HEADERS=x=1", _configured)));
        Assert.Equal(("key=a%2Cb", 7), Both(Read("TIMEOUT=7000", _configured)));
        Assert.Equal(("x=1", 8), Both(Read("ENDPOINT=http://all;HEADERS=x=1;TIMEOUT=7000;TRACES_TIMEOUT=8000", _configured)));

        static (string?, double?) Both(OtlpTarget? target) => (target!.Headers, target.Timeout?.TotalSeconds);
    }

    [Fact]
    public void Nowhere_IsNoTarget()
    {
        Assert.Null(Read("PROTOCOL=grpc", TracingSettings.None));
        Assert.Null(OtlpTarget.Read(_configured, name => name == "OTEL_SDK_DISABLED" ? "true" : null));
    }

    [Theory]
    [InlineData("ENDPOINT=collector:many", "OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:many'; allowed is http://host:port, https://host:port or host:port.")]
    [InlineData("TRACES_ENDPOINT=ftp://a", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is 'ftp://a'; allowed is http://host:port, https://host:port or host:port.")]
    [InlineData("ENDPOINT=http://a;PROTOCOL=http/json", "OTEL_EXPORTER_OTLP_PROTOCOL is 'http/json'; allowed are grpc (the default) and http/protobuf.")]
    [InlineData("TIMEOUT=10s", "OTEL_EXPORTER_OTLP_TIMEOUT is '10s'; allowed is a number of milliseconds, from 1 to 2147483647.")]
    [InlineData("TIMEOUT=0", "OTEL_EXPORTER_OTLP_TIMEOUT is '0'; allowed is a number of milliseconds, from 1 to 2147483647.")]
    [InlineData("ENDPOINT=ftp://user:very-secret@collector", "OTEL_EXPORTER_OTLP_ENDPOINT is 'ftp://user:***@collector'; allowed is http://host:port, https://host:port or host:port.")]
    [InlineData("TRACES_HEADERS=x-api-key very-secret", "OTEL_EXPORTER_OTLP_TRACES_HEADERS has an entry that is no header; allowed is name=value,name=value: names of letters, digits and hyphens but not Content-…, values of ASCII, percent-encoded.")]
    [InlineData("HEADERS=a:b=v", "OTEL_EXPORTER_OTLP_HEADERS has an entry that is no header; allowed is name=value,name=value: names of letters, digits and hyphens but not Content-…, values of ASCII, percent-encoded.")]
    [InlineData("HEADERS=ok=1,x=a%0D%0Ab", "OTEL_EXPORTER_OTLP_HEADERS has an entry that is no header; allowed is name=value,name=value: names of letters, digits and hyphens but not Content-…, values of ASCII, percent-encoded.")]
    [InlineData("HEADERS=x=%C3%A9", "OTEL_EXPORTER_OTLP_HEADERS has an entry that is no header; allowed is name=value,name=value: names of letters, digits and hyphens but not Content-…, values of ASCII, percent-encoded.")]
    [InlineData("HEADERS=content-type=text/plain", "OTEL_EXPORTER_OTLP_HEADERS has an entry that is no header; allowed is name=value,name=value: names of letters, digits and hyphens but not Content-…, values of ASCII, percent-encoded.")]
    public void Variable_ThatCannotBeUsed_IsSaid_WithoutASecret(string variables, string message)
        => Assert.Equal("The environment variable " + message, Assert.Throws<CommandLineException>(() => Read(variables, _configured)).Message);

    [Fact]
    public async Task Sidecar_WithAVariableThatCannotBeUsed_DoesNotStart()
    {
        var stopping = TestContext.Current.CancellationToken;
        await using var sidecar = SidecarProcess.Launch(["--app-id", "app"], environment: new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9", ["OTEL_EXPORTER_OTLP_HEADERS"] = "very-secret" });

        var output = await sidecar.WaitForExitAsync(stopping);

        Assert.Equal(1, sidecar.ExitCode);
        Assert.Contains("OTEL_EXPORTER_OTLP_HEADERS has an entry that is no header", output, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", output, StringComparison.Ordinal);
    }

    private static OtlpTarget? Read(string variables, TracingSettings tracing)
    {
        var values = variables.Split(';').Select(pair => pair.Split('=', 2)).ToDictionary(pair => "OTEL_EXPORTER_OTLP_" + pair[0], pair => pair[1]);
        return OtlpTarget.Read(tracing, name => values.GetValueOrDefault(name));
    }
}
