using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Components;

/// <summary>Which components run in the sidecar, and which are left out or refused.</summary>
public sealed class EmbeddedComponentTests
{
    [Fact]
    public void Store_InMemory_IsThere()
    {
        var snapshot = Load(Component("store", "state.in-memory"));

        Assert.NotNull(snapshot.Embedded.Find<IStateStore>("store"));
        Assert.Equal("store", Assert.Single(snapshot.Components).Name);
    }

    [Fact]
    public void Type_ThatOnlyDaprdHas_IsLeftOut()
    {
        var snapshot = Load(Component("store", "state.redis"));

        Assert.Null(snapshot.Embedded.Find<IStateStore>("store"));
        Assert.Empty(snapshot.Components);
    }

    [Theory]
    [InlineData("state.in-memry", "state.in-memory")]
    [InlineData("pubsub.kafke", "pubsub.kafka")]
    public void Type_ThatNobodyHas_IsRefused_AndTheNearestNamed(string type, string nearest)
    {
        var refusal = Assert.Throws<ResourceException>(() => Load(Component("store", type)));

        Assert.Equal(ProblemRules.TypeUnknown, refusal.Rule);
        Assert.Contains($"did you mean '{nearest}'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state.in-memory", "v7", "")]
    [InlineData("state.nothing", "v1", "")]
    [InlineData("state.in-memory", "v1", "{name: a, envRef: NOT_SET}")]
    public void Component_ThatCannotBeMade_IsRefused_UnlessItsErrorsAreIgnored(string type, string version, string metadata)
    {
        Assert.Throws<ResourceException>(() => Load(Component("store", type, version, metadata)));

        var snapshot = Load(Component("store", type, version, metadata, ignoreErrors: true) + Component("other", "state.in-memory"));
        Assert.Equal("other", Assert.Single(snapshot.Components).Name);
        Assert.Null(snapshot.Embedded.Find<IStateStore>("store"));
    }

    [Fact]
    public void SecretStore_WhoseErrorsAreIgnored_IsLeftOut_AndWhatNeedsItIsRefused()
    {
        var secrets = Component("secrets", "secretstores.local.file", metadata: "{name: secretsFile, value: /nowhere}", ignoreErrors: true);

        Assert.Empty(Load(secrets).SecretStores);

        var needsIt = Component("store", "state.in-memory", metadata: "{name: keyPrefix, secretKeyRef: {name: a, key: a}}").Replace("spec:", "auth: {secretStore: secrets}\nspec:", StringComparison.Ordinal);
        Assert.Equal(ProblemRules.SecretStoreMissing, Assert.Throws<ResourceException>(() => Load(secrets + needsIt)).Rule);
    }

    [Fact]
    public void Middleware_ThatCannotBeMade_IsRefused_AlsoWhenItsErrorsAreIgnored()
        => Assert.Throws<ResourceException>(() => Load(Component("store", "middleware.http.bearer", ignoreErrors: true), "  httpPipeline: { handlers: [{ name: store, type: middleware.http.bearer }] }"));

    private static RuntimeSnapshot Load(string components, string spec = "  features: [{ name: HotReload, enabled: false }]")
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/all.yaml", components);
        folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n{spec}\n");
        return Loading.Load(["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")]);
    }

    private static string Component(string name, string type, string version = "v1", string metadata = "", bool ignoreErrors = false)
        => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: {version}\n  ignoreErrors: {(ignoreErrors ? "true" : "false")}\n  metadata: [{metadata}]\n---\n";
}
