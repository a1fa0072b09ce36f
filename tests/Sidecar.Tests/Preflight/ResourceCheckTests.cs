using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Preflight;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Contract;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Preflight;

/// <summary>The check finds what daprd would run without a word.</summary>
public sealed class ResourceCheckTests
{
    private const string Login = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: login
        spec:
          type: middleware.http.oauth2
          version: v1
          metadata:
            - { name: clientID, value: a }
            - { name: authURL, value: "http://localhost:1/auth" }
            - { name: tokenURL, value: "http://localhost:1/token" }
        """;

    private const string SafeConfig = """
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata:
          name: config
        spec:
          features: [{ name: HotReload, enabled: false }]

        """;

    /// <summary>Every recorded configuration with a finding.</summary>
    public static TheoryData<string, string, string, int> Recorded()
    {
        var data = new TheoryData<string, string, string, int>();
        foreach (var (name, rule, file, line) in FailOpenFindings.Found)
        {
            data.Add(name, rule, file, line);
        }

        return data;
    }

    public static TheoryData<string> Harmless() => [.. FailOpenFindings.NothingToFind];

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task Check_OfARecordedConfiguration_FindsTheRuleWithItsPlace(string name, string rule, string file, int line)
    {
        await using var rig = new ContractRig();

        var findings = Check(rig, "fail-open/" + name);

        var finding = Assert.Single(findings, finding => finding.Rule.Id == rule && finding.Position.File.EndsWith(file, StringComparison.Ordinal));
        Assert.Equal(line, finding.Position.Line);
        Assert.NotEmpty(finding.Mend);
        Assert.DoesNotContain("console-secret", PreflightReport.AsText(findings), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public async Task Check_OfWhatDaprdProtects_FindsOnlyHowItCouldBeOpened(string name)
    {
        await using var rig = new ContractRig();

        string[] general = ["hot-reload-on", "secrets-api-open", "plain-text-secret"];
        Assert.All(Check(rig, "fail-open/" + name), finding => Assert.Contains(finding.Rule.Id, general));
    }

    [Fact]
    public void Table_HoldsEveryRecordedConfiguration_AndAnErrorForEachUnprotectedOne()
    {
        var entries = Recording.Topic("fail-open").ToArray();
        var known = FailOpenFindings.Found.Select(found => found.Name).Concat(FailOpenFindings.NothingToFind).ToHashSet();

        Assert.Equal(known.Order(StringComparer.Ordinal), entries.Select(entry => (string)entry["name"]!).Order(StringComparer.Ordinal));
        Assert.All(
            entries.Where(entry => (bool?)entry["unprotected"] == true),
            entry => Assert.Contains(FailOpenFindings.Found, found => found.Name == (string?)entry["name"] && Rules.Named(found.Rule).Severity == Severity.Error));
    }

    /// <summary>What else the check promises to find: resources, Configuration, rule, file, line.</summary>
    public static TheoryData<string, string, string, string, int> Written() => new()
    {
        { "missing authHeaderName", Login, "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", "metadata-invalid", 1 },
        { "secrets API open", Store, string.Empty, "secrets-api-open", 1 },
        { "secrets API open by default", Store, "  secrets: { scopes: [{ storeName: secrets, defaultAccess: allow }] }", "secrets-api-open", 1 },
        { "login in appHttpPipeline", Login, "  appHttpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", "login-in-app-pipeline", 7 },
        { "a filter that //mcp slips past", Login + "\n    - { name: pathFilter, value: \"^/mcp\" }", "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", "path-filter-slips", 12 },
        { "a filter that /a/./mcp slips past", Login + "\n    - { name: pathFilter, value: \"/a/mcp\" }", "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", "path-filter-slips", 12 },
        { "a filter that the invoke path slips past", Login + "\n    - { name: pathFilter, value: \"^/mcp\" }", "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", "path-filter-forms", 12 },
        { "a filter that the header slips past", Login + "\n    - { name: pathFilter, value: \"^/v1[.]0/invoke/app/method/mcp\" }", "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", "path-filter-forms", 12 },
        { "a filter that the namespace slips past", Login + "\n    - { name: pathFilter, value: \"^(/v1[.]0/invoke/app/method)?/(mcp|x)\" }", "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", "path-filter-forms", 12 },
        { "secrets API closed by a rule without a protocol", Store, "  api: { denied: [{ name: secrets }] }", "secrets-api-open", 1 },
        { "secrets API closed over HTTP alone", Store, "  api: { allowed: [{ name: invoke, version: v1.0, protocol: HTTP }] }", "secrets-api-open", 1 },
        { "a rule of the API mistyped", Store, "  api: { denied: [{ name: metdata }] }", "invalid-value", 7 },
        { "a protocol that is none", Store, "  api: { denied: [{ name: metadata, protocol: htp }] }", "invalid-value", 7 },
        { "a version that is none", Store.Replace("v1alpha1", "v7", StringComparison.Ordinal), string.Empty, "invalid-value", 1 },
        { "no Accept", Endpoint, string.Empty, "endpoint-without-accept", 1 },
        { "Accept of events only", Endpoint + "\n  headers: [{ name: accept, value: text/event-stream }]", string.Empty, "endpoint-without-accept", 1 },
        { "a shared Configuration", Endpoint + "\n---\n" + Login, "  appHttpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", "shared-app-pipeline", 1 },
        { "tracing without protocol", Endpoint, "  tracing: { otel: { endpointAddress: \"localhost:4318\" } }", "tracing-protocol", 7 },
        { "plain-text secret", Login + "\n    - { name: clientSecret, value: s }", string.Empty, "plain-text-secret", 12 },
        { "Resiliency in a second document", Endpoint + "\n---\n" + Resiliency, string.Empty, "resiliency-second-document", 8 },
        { "field of a Subscription", "apiVersion: dapr.io/v1alpha1\nkind: Subscription\nmetadata: { name: s }\nspec: { pubsubname: p, topic: t, route: /a, deadLetterTopik: d }", string.Empty, "no-effect", 4 },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void Check_ForDaprd_FindsTheRuleWithItsPlace(string what, string resources, string spec, string rule, int line)
    {
        using var folder = new TemporaryFolder();

        var findings = Check(folder, resources, SafeConfig + spec, PreflightTarget.Daprd);

        Assert.True(findings.Any(finding => finding.Rule.Id == rule && finding.Position.Line == line), $"{what}:\n{PreflightReport.AsText(findings)}");
    }

    [Theory]
    [InlineData(".*")]
    [InlineData("^/.*")]
    [InlineData("/mcp")]
    [InlineData(".*/mcp.*")]
    [InlineData("(/mcp)")]
    [InlineData("^.*mcp")]
    public void Check_OfAPathFilterThatNothingSlipsPast_SaysNothing(string filter)
    {
        using var folder = new TemporaryFolder();

        var findings = Check(folder, $"{Login}\n    - {{ name: pathFilter, value: \"{filter}\" }}", SafeConfig + "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", PreflightTarget.Daprd);

        Assert.DoesNotContain(findings, finding => finding.Rule.Id == "path-filter-slips");
    }

    [Theory]
    [InlineData("^(/v1\\\\.0/invoke/[^/]+/method)?/mcp(/|$)")]
    [InlineData("/mcp")]
    [InlineData("")]
    public void Check_OfAPathFilterThatCoversEveryFormOfACall_SaysNothing(string filter)
    {
        using var folder = new TemporaryFolder();

        var findings = Check(folder, $"{Login}\n    - {{ name: pathFilter, value: \"{filter}\" }}", SafeConfig + "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", PreflightTarget.Embedded);

        Assert.DoesNotContain(findings, finding => finding.Rule.Id == "path-filter-forms");
    }

    [Fact]
    public void Check_OfASecretsApiThatIsClosedForBothProtocols_SaysNothing()
    {
        using var folder = new TemporaryFolder();

        var findings = Check(folder, Store, SafeConfig + "  api: { denied: [{ name: secrets, version: v1.0, protocol: http }, { name: secrets, version: v1, protocol: grpc }] }", PreflightTarget.Daprd);

        Assert.DoesNotContain(findings, finding => finding.Rule.Id == "secrets-api-open");
    }

    [Theory]
    [InlineData("There is nothing to check", "check")]
    [InlineData("There is nothing to check", "check", "--resources-path", "")]
    [InlineData("The argument 'config.yaml' is no flag", "check", "--config", "a.yaml", "config.yaml")]
    [InlineData("The app's command is given after --", "run", "--app-id", "app", "dotnet", "App.dll")]
    public async Task CommandLine_ThatForgotAFlag_IsNotTakenForAnother(string sentence, params string[] arguments)
    {
        await using var sidecar = SidecarProcess.LaunchExactly(arguments, 0);

        var output = await sidecar.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, sidecar.ExitCode);
        Assert.Contains(sentence, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfCheck_IsTheUsage()
    {
        await using var sidecar = SidecarProcess.LaunchExactly(["check", "--help"], 0);

        var output = await sidecar.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, sidecar.ExitCode);
        Assert.Contains("Sidecar check --resources-path", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ name: url, envRef: THE_URL }", "bindings.http")]
    [InlineData("{ name: url, value: 'ftp://user:very-secret@host/' }", "bindings.http")]
    [InlineData("{ name: connectionString, envRef: THE_URL }, { name: busyTimeout, envRef: THE_TIME }", "state.sqlite")]
    public void Value_ThatMayBeASecret_IsNotSaid(string metadata, string type)
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/c.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{ name: c }}\nspec:\n  type: {type}\n  version: v1\n  metadata: [{metadata}]\n");
        var options = new SidecarOptions { AppId = "app", ResourcesPaths = [folder.PathOf("resources")] };

        var findings = new ResourceCheck(options, PreflightTarget.Embedded, name => name == "THE_URL" ? "very-secret?very-secret=1" : "very-secret").Run();

        Assert.Contains(findings, finding => finding.Severity == Severity.Error);
        Assert.DoesNotContain("very-secret", PreflightReport.AsText(findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OfAFeatureThatIsMistyped_IsAnErrorForBoth()
    {
        using var folder = new TemporaryFolder();

        foreach (var target in Enum.GetValues<PreflightTarget>())
        {
            Assert.Contains(Check(folder, Login, SafeConfig.Replace("HotReload", "hotreload", StringComparison.Ordinal), target), finding => finding is { Rule.Id: "invalid-value", Severity: Severity.Error, Position.Line: 6 });
        }
    }

    [Fact]
    public void Check_OfHotReload_IsAnErrorUnlessItIsOff()
    {
        using var folder = new TemporaryFolder();
        const string Spec = "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }";

        Assert.Contains(Check(folder, Login, SafeConfig.Replace("false", "true", StringComparison.Ordinal) + Spec, PreflightTarget.Daprd), finding => finding is { Rule.Id: "hot-reload-on", Severity: Severity.Error });
        Assert.DoesNotContain(Check(folder, Login, SafeConfig + Spec, PreflightTarget.Daprd), finding => finding.Rule.Id == "hot-reload-on");
    }

    [Theory]
    [InlineData("state.redis", "block-not-served", false)]
    [InlineData("pubsub.kafka", "block-not-served", false)]
    [InlineData("secretstores.hashicorp.vault", "not-embedded", true)]
    public void Check_OfWhatOnlyDaprdHas_IsSaidHereOnly(string type, string rule, bool isError)
    {
        using var folder = new TemporaryFolder();
        var component = $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{ name: s }}\nspec: {{ type: {type}, version: v1 }}";

        Assert.Contains(Check(folder, component, SafeConfig, PreflightTarget.Embedded), finding => finding.Rule.Id == rule && finding.Severity == (isError ? Severity.Error : Severity.Warning));
        Assert.DoesNotContain(Check(folder, component, SafeConfig, PreflightTarget.Daprd), finding => finding.Rule.Id == rule);
    }

    [Theory]
    [InlineData("zipkin: { endpointAddress: \"http://localhost:9411/api/v2/spans\" }", "zipkin.endpointAddress", true)]
    [InlineData("stdout: true", "stdout", true)]
    [InlineData("stdout: false, zipkin: { endpointAddress: \"\" }", "", false)]
    public void Check_OfTracingThatOnlyDaprdDoes_IsSaidHereOnly(string tracing, string field, bool isSaid)
    {
        using var folder = new TemporaryFolder();
        var config = $"{SafeConfig}  tracing: {{ samplingRate: \"1\", {tracing} }}";

        var here = Check(folder, Store, config, PreflightTarget.Embedded).Where(finding => finding.Rule.Id == "tracing-not-exported");

        Assert.Equal(isSaid ? [(7, Severity.Warning, true)] : [], here.Select(finding => (finding.Position.Line, finding.Severity, finding.Message.Contains($"'spec.tracing.{field}'", StringComparison.Ordinal))));
        Assert.DoesNotContain(Check(folder, Store, config, PreflightTarget.Daprd), finding => finding.Rule.Id == "tracing-not-exported");
    }

    [Fact]
    public async Task Start_WithTracingThatOnlyDaprdDoes_SaysSo()
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("config.yaml", $"{SafeConfig}  tracing: {{ stdout: true, zipkin: {{ endpointAddress: \"http://localhost:9411\" }} }}");
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--config", config], TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() => sidecar.Output.Contains("'spec.tracing.stdout' has no effect", StringComparison.Ordinal), "the log names stdout", TestContext.Current.CancellationToken);
        Assert.Contains("'spec.tracing.zipkin.endpointAddress' has no effect", sidecar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OfAStoreInMemory_FindsNothing_AndAMistypedKeyAWarning()
    {
        using var folder = new TemporaryFolder();
        string Store(string metadata) => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{ name: s }}\nspec: {{ type: state.in-memory, version: v1, metadata: [{metadata}] }}";

        Assert.Empty(Check(folder, Store("{ name: keyPrefix, value: name }"), SafeConfig, PreflightTarget.Embedded));
        Assert.Contains(Check(folder, Store("{ name: keyPrefx, value: name }"), SafeConfig, PreflightTarget.Embedded), finding => finding is { Rule.Id: "unknown-key", Severity: Severity.Warning });
    }

    [Fact]
    public void Check_OfOpenSecrets_IsAnErrorUnderDaprdAndNoneHere()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains(Check(folder, Store, SafeConfig, PreflightTarget.Daprd), finding => finding is { Rule.Id: "secrets-api-open", Severity: Severity.Error });
        Assert.Empty(Check(folder, Store, SafeConfig, PreflightTarget.Embedded));
    }

    [Fact]
    public void Check_FindsEverythingThatIsWrong_NotTheFirstThingOnly()
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/a.yaml", "kind: [");
        folder.Write("resources/b.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Componnt\nmetadata:\n  name: x\n");

        var findings = Check(folder, Store, SafeConfig.Replace("false", "true", StringComparison.Ordinal) + "  httpPipeline: { handlers: [{ name: login, type: middleware.http.oauth2 }] }", PreflightTarget.Daprd);

        Assert.Equal(
            ["handler-undefined", "hot-reload-on", "kind-unknown", "secrets-api-open", "yaml-error"],
            findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.Rule.Id).Order(StringComparer.Ordinal));
    }

    private const string Store = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: secrets\nspec:\n  type: secretstores.local.env\n  version: v1";

    private const string Endpoint = "apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata:\n  name: ext\nspec:\n  baseUrl: http://localhost:1";

    [Theory]
    [InlineData("url: 'http://localhost/mcp', headers: [{ name: Authorization, value: 'Bearer x' }]", "plain-text-secret")]
    [InlineData("url: 'http://localhost/mcp', auth: { secretStore: none, oauth2: { issuer: 'http://localhost/token', secretKeyRef: { name: n } } }", "secret-store-missing")]
    [InlineData("url: 'http://tickets.example.com/mcp', auth: { secretStore: none, oauth2: { issuer: 'https://localhost/token', secretKeyRef: { name: n } } }", "token-without-tls")]
    [InlineData("url: 'https://tickets.example.com/mcp', auth: { secretStore: none, oauth2: { issuer: 'http://idp.example.com/token', secretKeyRef: { name: n } } }", "token-without-tls")]
    [InlineData("url: 'http://localhost/mcp'", "mcp-server-without-state")]
    [InlineData("url: 'localhost/mcp'", "mcp-server-endpoint")]
    public void McpServer_IsLookedAt(string http, string rule)
    {
        using var folder = new TemporaryFolder();

        var findings = Check(folder, $"apiVersion: dapr.io/v1alpha1\nkind: MCPServer\nmetadata: {{ name: m }}\nspec: {{ endpoint: {{ streamableHTTP: {{ {http} }} }} }}", SafeConfig, PreflightTarget.Daprd);

        Assert.Contains(findings, finding => finding.Rule.Id == rule && finding.Position.File.EndsWith("resources.yaml", StringComparison.Ordinal));
    }

    [Fact]
    public void McpServer_AsItShouldBe_HasNoFinding()
    {
        using var folder = new TemporaryFolder();

        var findings = Check(folder, "apiVersion: dapr.io/v1alpha1\nkind: MCPServer\nmetadata: { name: m }\nspec: { endpoint: { streamableHTTP: { url: 'http://localhost/mcp' } } }\n---\napiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: s }\nspec: { type: state.in-memory, version: v1, metadata: [{ name: actorStateStore, value: 'true' }] }", SafeConfig, PreflightTarget.Daprd);

        Assert.Empty(findings);
    }

    private const string Resiliency = "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: { name: r }\nspec: { policies: { timeouts: { t: 5s } }, targets: { apps: { app: { timeout: t } } } }";

    private static IReadOnlyList<Finding> Check(TemporaryFolder folder, string resources, string config, PreflightTarget target)
    {
        folder.Write("resources/resources.yaml", resources);
        var options = new SidecarOptions { AppId = "app", ConfigPaths = [folder.Write("config.yaml", config)], ResourcesPaths = [folder.PathOf("resources")] };
        return new ResourceCheck(options, target, _ => null).Run();
    }

    private static IReadOnlyList<Finding> Check(ContractRig rig, string config)
    {
        var arguments = ParsedArguments.Parse(rig.Arguments(config));
        var environment = rig.Environment(config);
        return new ResourceCheck(
            new SidecarOptions { AppId = "app", ConfigPaths = arguments.List("config"), ResourcesPaths = arguments.List("resources-path") },
            PreflightTarget.Daprd,
            name => environment.GetValueOrDefault(name)).Run();
    }
}
