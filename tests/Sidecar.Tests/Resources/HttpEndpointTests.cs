using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Preflight;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Resources;

/// <summary>What an HTTPEndpoint cannot be called with is refused where it is written; no message repeats a secret.</summary>
public sealed class HttpEndpointTests
{
    private const string Secret = "SECRET";

    private static readonly Dictionary<string, string> _variables = new() { ["BROKEN_VALUE"] = Secret + "\nX-More: 1" };

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("EC", "EC")]
    [InlineData("RSA", "RSA")]
    [InlineData("RSA", "EC")]
    public void Key_OfAnotherCertificate_IsRefused(string certificate, string key)
    {
        var spec = ClientTls(Pair(certificate).Certificate, Pair(key).Key);

        var refusal = Refused(spec);
        var finding = Assert.Single(Check(spec), finding => finding.Rule.Id == "endpoint-tls");

        Assert.Contains("'spec.clientTLS.privateKey' of the HTTPEndpoint 'site' is not the key of its certificate", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(("endpoint-tls", spec.Split('\n').Index().First(line => line.Item.Contains("privateKey", StringComparison.Ordinal)).Index + 8), (refusal.Rule, refusal.Position.Line));
        Assert.EndsWith(finding.Message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_OfAnotherCertificate_EndsTheStartAndTheCheck_AndNoReload()
    {
        using var folder = new TemporaryFolder();
        var (certificate, key) = Pair("EC");
        string[] resources = ["--app-id", "app", "--resources-path", folder.PathOf("resources")];
        folder.Write("resources/e.yaml", Endpoint(ClientTls(certificate, key)));
        await using var running = await SidecarProcess.StartAsync(resources, Stopping);

        folder.Write("resources/e.yaml", Endpoint(ClientTls(certificate, Pair("EC").Key)));
        await using var started = SidecarProcess.Launch(resources);
        await using var check = SidecarProcess.LaunchExactly(["check", .. resources], 0);

        Assert.Contains("is not the key of", await started.WaitForExitAsync(Stopping), StringComparison.Ordinal);
        Assert.Contains("is not the key of", await check.WaitForExitAsync(Stopping), StringComparison.Ordinal);
        Assert.Equal((1, 1), (started.ExitCode, check.ExitCode));
        await Eventually.TrueAsync(() => running.Output.Contains("Resources not reloaded", StringComparison.Ordinal), "the key is refused", Stopping);
        Assert.Contains("is not the key of", running.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EC")]
    [InlineData("RSA")]
    public void Key_OfTheCertificate_IsTaken(string algorithm)
    {
        var (certificate, key) = Pair(algorithm);

        Assert.Single(Load(ClientTls(certificate, key)).Endpoints);
    }

    [Theory]
    [InlineData("certificate", "privateKey")]
    [InlineData("privateKey", "certificate")]
    public void CertificateOrKey_Alone_IsRefused(string given, string missing)
    {
        var (certificate, key) = Pair("EC");

        var refusal = Refused($"  clientTLS:\n{Pem(given, given == "certificate" ? certificate : key)}");

        Assert.EndsWith($":9: 'spec.clientTLS.{given}' stands there without 'spec.clientTLS.{missing}'; allowed are both or neither.", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("endpoint-tls", refusal.Rule);
    }

    [Theory]
    [InlineData("RenegotiateNever")]
    [InlineData("RenegotiateOnceAsClient")]
    [InlineData("RenegotiateFreelyAsClient")]
    public void Renegotiation_OfDapr_IsRead(string value)
        => Assert.Single(Load($"  clientTLS: {{ renegotiation: {value} }}").Endpoints);

    [Theory]
    [InlineData("Sometimes")]
    [InlineData("renegotiatenever")]
    public void Renegotiation_Unknown_IsRefused(string value)
        => Assert.EndsWith($":7: 'spec.clientTLS.renegotiation' is '{value}'; allowed is RenegotiateNever, RenegotiateOnceAsClient or RenegotiateFreelyAsClient.", Refused($"  clientTLS: {{ renegotiation: {value} }}").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("X Y")]
    [InlineData("X:")]
    [InlineData("Näme")]
    [InlineData("X\\r\\nY")]
    [InlineData("Transfer-Encoding")]
    [InlineData("connection")]
    [InlineData("Content-Length")]
    [InlineData("Upgrade")]
    [InlineData("TE")]
    public void HeaderName_ThatCannotBeSent_IsRefused(string name)
    {
        var spec = $"  headers:\n  - name: fine\n    value: a\n  - name: \"{name}\"\n    value: {Secret}";

        var refusal = Refused(spec);

        Assert.Contains($":10: 'spec.headers' names the header '{name.Replace("\\r\\n", "??", StringComparison.Ordinal)}'", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, refusal.Message, StringComparison.Ordinal);
        Assert.Single(Check(spec), finding => finding is { Rule.Id: "invalid-value", Severity: Severity.Error });
    }

    [Theory]
    [InlineData("value: \"SECRET\\r\\nX-More: 1\"")]
    [InlineData("value: \"SECRET\\n\"")]
    [InlineData("value: \"SECRET\\0\"")]
    [InlineData("value: \"SECRET\\x7f\"")]
    [InlineData("envRef: BROKEN_VALUE")]
    public void HeaderValue_ThatCannotBeSent_IsRefused(string value)
    {
        var spec = $"  headers:\n  - name: X-Key\n    {value}";

        var refusal = Refused(spec);

        Assert.Contains(":8: The value of the header 'X-Key' of the HTTPEndpoint 'site'", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, refusal.Message, StringComparison.Ordinal);
        Assert.Single(Check(spec), finding => finding is { Rule.Id: "invalid-value", Severity: Severity.Error });
    }

    [Fact]
    public async Task HeaderValue_BeyondAscii_IsSentAsUtf8()
    {
        await using var app = new EchoApp();
        using var folder = new TemporaryFolder();
        folder.Write("resources/e.yaml", Endpoint("  headers:\n  - { name: X-Text, value: \"ü€\\t😀\" }\n  - { name: Proxy-Authorization, value: p }", $"http://127.0.0.1:{app.Port}"));
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources")], Stopping);

        var answer = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/site/method/show", Stopping);

        Assert.Equal(200, answer.Status);
        var headers = Assert.Single(app.Requests).Headers;
        Assert.Equal("ü€\t😀"u8.ToArray(), System.Text.Encoding.Latin1.GetBytes(headers.Value("X-Text")!));
        Assert.Equal("p", headers.Value("Proxy-Authorization"));
    }

    /// <summary>As with daprd, which takes the host of the URL whatever a header says.</summary>
    [Fact]
    public void HostHeader_IsTaken_AndTheCheckSaysThatItHasNoEffect()
    {
        const string Spec = "  headers: [{ name: host, value: example.com }]";

        Assert.Single(Load(Spec).Endpoints);
        Assert.Contains(Check(Spec), finding => finding is { Rule.Id: "no-effect", Severity: Severity.Warning, Position.Line: 7 });
    }

    [Theory]
    [InlineData("http://user:SECRET@/", "http://user:***@/")]
    [InlineData("http://SECRET@/", "http://***@/")]
    [InlineData("http://user:SEC/RET@host", "http://user:***@host")]
    [InlineData("ftp://user:a:SECRET@host/x", "ftp://user:***@host/x")]
    [InlineData("http://user:a@SECRET@host", "http://user:***@host")]
    [InlineData("user:SECRET@host", "user:***@host")]
    [InlineData("//user:SECRET@host", "//user:***@host")]
    public void Url_ThatIsRefused_IsNamedWithoutItsPassword(string url, string named)
    {
        var refusal = Refused(string.Empty, url);

        Assert.Contains($":6: 'spec.baseUrl' is '{named}'; allowed", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("endpoint-url", refusal.Rule);
    }

    [Theory]
    [InlineData("u:SECRET@", "u:***@")]
    [InlineData("SECRET@", "***@")]
    [InlineData("", "")]
    public async Task Caller_OfAnEndpointThatIsNotThere_IsNotToldThePassword(string user, string named)
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/e.yaml", Endpoint(string.Empty, $"http://{user}127.0.0.1:9/base"));
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources")], Stopping);

        var answer = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/site/method/a@b:c", Stopping);
        var badEscape = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/site/method/a%2525zz", Stopping);

        Assert.Equal(500, answer.Status);
        Assert.Contains($"http://{named}127.0.0.1:9/base/a@b:c", answer.Text, StringComparison.Ordinal);
        Assert.All([answer.Text, badEscape.Text, sidecar.Output], text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    private static (string Certificate, string Key) Pair(string algorithm)
    {
        using AsymmetricAlgorithm key = algorithm == "EC" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
        var request = key is ECDsa curve
            ? new CertificateRequest("CN=client", curve, HashAlgorithmName.SHA256)
            : new CertificateRequest("CN=client", (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static string ClientTls(string certificate, string key) => $"  clientTLS:\n{Pem("certificate", certificate)}{Pem("privateKey", key)}";

    private static string Pem(string name, string pem) => $"    {name}:\n      value: |\n{string.Concat(pem.Split('\n').Select(line => $"        {line}\n"))}";

    private static string Endpoint(string spec, string url = "https://127.0.0.1:1")
        => $"apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata:\n  name: site\nspec:\n  baseUrl: \"{url}\"\n{spec}\n";

    private static ResourceException Refused(string spec, string url = "https://127.0.0.1:1") => Assert.Throws<ResourceException>(() => Load(spec, url));

    private static RuntimeSnapshot Load(string spec, string url = "https://127.0.0.1:1")
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/e.yaml", Endpoint(spec, url));
        return Loading.Load(["--app-id", "app", "--resources-path", folder.PathOf("resources")], _variables);
    }

    private static IReadOnlyList<Finding> Check(string spec)
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/e.yaml", Endpoint(spec));
        var options = new SidecarOptions { AppId = "app", ResourcesPaths = [folder.PathOf("resources")] };
        return new ResourceCheck(options, PreflightTarget.Embedded, name => _variables.GetValueOrDefault(name)).Run();
    }
}
