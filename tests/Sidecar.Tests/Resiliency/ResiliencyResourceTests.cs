using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resiliency;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Resiliency;

/// <summary>What a Resiliency may say, and how it is refused.</summary>
public sealed class ResiliencyResourceTests
{
    private const string Head = "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: r\n";

    [Theory]
    [InlineData("spec: {policies: {timeouts: {t: soon}}}", "is 'soon'; allowed is a duration such as")]
    [InlineData("spec: {policies: {timeouts: {t: -5s}}}", "allowed is a duration such as")]
    [InlineData("spec: {policies: {timeouts: {t: 5}}, targets: {apps: {app: {timeout: tt}}}}", "did you mean 't'?); allowed are t")]
    [InlineData("spec: {policies: {timeouts: {t: 2000h}}}", "at most 1000h")]
    [InlineData("spec: {policies: {timeouts: {t: }}}", "is missing")]
    [InlineData("spec: {policies: {retries: {r: {policy: linear}}}}", "allowed is constant or exponential")]
    [InlineData("spec: {policies: {retries: {r: {maxRetries: -2}}}}", "a whole number from -1")]
    [InlineData("spec: {policies: {retries: {r: {duration: 0s}}}}", "without a pause and without an end")]
    [InlineData("spec: {policies: {retries: {r: {matching: {httpStatusCodes: 5xx}}}}}", "429,500-599")]
    [InlineData("spec: {policies: {retries: {r: {matching: {gRPCStatusCodes: '17'}}}}}", "from 0 to 16")]
    [InlineData("spec: {policies: {retries: {r: {maxRetry: 3}}}}", "did you mean 'maxRetries'?")]
    [InlineData("spec: {policies: {retries: {r: }}}", "'r' is empty")]
    [InlineData("spec: {policies: {circuitBreakers: {c: {trip: consecutiveFailures > many}}}}", "'many' is not known")]
    [InlineData("spec: {policies: {circuitBreakers: {c: {maxRequests: -1}}}}", "a whole number from 0")]
    [InlineData("spec: {policies: {circuitBreaker: {}}}", "did you mean 'circuitBreakers'?")]
    [InlineData("spec: {targets: {apps: {app: {retry: three}}}}", "which no policy is called")]
    [InlineData("spec: {targets: {apps: {app: {circuitBreaker: c}}}}", "none is defined")]
    [InlineData("spec: {targets: {apps: {app: {circuitBreakerScope: all}}}}", "type, id or both")]
    [InlineData("spec: {targets: {components: {store: {outbound: {timeout: t}}}}}", "which no policy is called")]
    [InlineData("spec: {targets: {app: {}}}", "did you mean 'apps'?")]
    public void Resiliency_ThatIsWrong_IsRefusedWithItsPlaceAndWhatIsAllowed(string spec, string sentence)
    {
        var refusal = Assert.Throws<ResourceException>(() => Load(Head + spec));

        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
        Assert.Matches(@"resiliency\.yaml:\d+: ", refusal.Message);
    }

    [Fact]
    public void Policies_OfSeveralDocuments_AreOneCatalog()
    {
        var policies = Load(Head + "spec: {policies: {timeouts: {t: 1m30s}}}\n---\n" + Head.Replace("name: r", "name: other", StringComparison.Ordinal) + """
            spec:
              policies:
                retries: {three: {policy: exponential, maxInterval: 15s, maxRetries: 3}}
              targets: {apps: {app: {timeout: t, retry: three}, ext: {retry: DaprBuiltInServiceRetries}}}
            """).Policies;

        var app = policies.For("app")!;
        Assert.Equal(TimeSpan.FromSeconds(90), app.Timeout);
        Assert.Equal((true, TimeSpan.FromSeconds(15), 3), (app.Retry!.IsExponential, app.Retry.MaxInterval, app.Retry.MaxRetries));
        Assert.Equal((TimeSpan.FromSeconds(1), 3), (policies.For("ext")!.Retry!.Duration, policies.For("ext")!.Retry!.MaxRetries));
        Assert.Null(policies.For("another"));
    }

    [Theory]
    [InlineData("spec: {policies: {timeouts: {t: 1s}}}", "spec: {policies: {timeouts: {t: 2s}}}", "timeout policy 't' is defined twice")]
    [InlineData("spec: {targets: {apps: {app: {}}}}", "spec: {targets: {apps: {app: {}}}}", "target 'app' is defined twice")]
    public void Name_GivenTwice_IsRefused(string first, string second, string sentence)
    {
        var refusal = Assert.Throws<ResourceException>(() => Load($"{Head}{first}\n---\n{Head.Replace("name: r", "name: other", StringComparison.Ordinal)}{second}"));

        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resiliency_OfAnotherAppsScope_HasNoEffect()
        => Assert.Null(Load(Head + "scopes: [other]\nspec: {policies: {timeouts: {DefaultTimeoutPolicy: 1s}}}").Policies.For("app"));

    [Fact]
    public void Defaults_HoldForAppsWithoutATarget_TheNarrowerFirst()
    {
        var policies = Load(Head + """
            spec:
              policies:
                timeouts: {DefaultTimeoutPolicy: 1s, DefaultAppTimeoutPolicy: 2s}
                retries: {DefaultRetryPolicy: {maxRetries: 1}}
                circuitBreakers: {DefaultCircuitBreakerPolicy: {timeout: 3s}}
              targets: {apps: {named: {}}}
            """).Policies;

        var found = policies.For("anything")!;
        Assert.Equal((TimeSpan.FromSeconds(2), 1, TimeSpan.FromSeconds(3)), (found.Timeout, found.Retry!.MaxRetries, found.CircuitBreaker!.Timeout));
        Assert.Null(policies.For("named"));
    }

    [Fact]
    public void Retry_WithoutFields_IsDaprs()
    {
        var retry = Load(Head + "spec: {policies: {retries: {r: {policy: constant}}}, targets: {apps: {app: {retry: r}}}}").Policies.For("app")!.Retry!;

        Assert.Equal((false, TimeSpan.FromSeconds(5), -1), (retry.IsExponential, retry.Duration, retry.MaxRetries));
        Assert.True(retry.StatusCodes.Covers(404));
    }

    [Fact]
    public void Target_ThatIsNoApp_IsSaid()
        => Assert.Contains(Load(Head + "spec: {targets: {apps: {ap: {}}}}").Warnings, warning => warning.Contains("'ap' is neither", StringComparison.Ordinal) && warning.Contains("did you mean 'app'?", StringComparison.Ordinal));

    [Theory]
    [InlineData("1500", 1500)]
    [InlineData("1.5s", 1500)]
    [InlineData("2h45m", 9_900_000)]
    [InlineData("100us", 0.1)]
    [InlineData("0", 0)]
    public void Duration_IsReadAsGoDoes(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds, 3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("5d")]
    [InlineData("1..5s")]
    [InlineData("5s3")]
    public void Duration_ThatGoCannotRead_IsRefused(string text) => Assert.False(GoDuration.TryParse(text, out _));

    private static ResourceSet Load(string yaml)
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/resiliency.yaml", yaml);
        return ResourceLoader.Load(new SidecarOptions { AppId = "app", ResourcesPaths = [folder.PathOf("resources")] });
    }
}
