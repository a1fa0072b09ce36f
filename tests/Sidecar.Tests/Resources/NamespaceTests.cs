using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Resources;

/// <summary>Which resources of a folder are for this sidecar, and what daprd's words are where it ends over one.</summary>
public sealed class NamespaceTests
{
    private const string Mine = "mynamespace";

    [Fact]
    public void Resources_OfAnotherNamespace_AreNotLoaded_WhenTheSidecarHasOne()
    {
        var snapshot = Load(Mine, Store("any"), Store("mine", Mine), Store("foreign", "other"), Endpoint("endpoint", "other"), Endpoint("own", Mine));

        Assert.Equal(["any", "mine"], snapshot.Components.Select(component => component.Name));
        Assert.Equal(["own"], snapshot.Endpoints.Keys);
    }

    [Fact]
    public void Resources_OfAnyNamespace_AreLoaded_WhenTheSidecarHasNone()
        => Assert.Equal(["any", "mine", "foreign"], Load(null, Store("any"), Store("mine", Mine), Store("foreign", "other")).Components.Select(component => component.Name));

    [Fact]
    public void Component_OfAnotherNamespace_MayHaveTheSameName()
        => Assert.Single(Load(Mine, Store("same"), Store("same", "other")).Components);

    [Fact]
    public void Handler_OfAnotherNamespace_IsRefused_AndTheNamespaceNamed()
    {
        var limit = Component("limit", "middleware.http.ratelimit", "other");

        var refusal = Assert.Throws<ResourceException>(() => Load(Mine, "  httpPipeline: { handlers: [{ name: limit, type: middleware.http.ratelimit }] }", limit));

        Assert.Equal(ProblemRules.HandlerOutOfScope, refusal.Rule);
        Assert.Contains("but it is for the namespace 'other'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Components_OfOneName_AreAllNamed_InTheWordsOfDapr()
    {
        var refusal = Assert.Throws<ResourceException>(() => Load(Mine, Store("a", Mine), Component("a", "pubsub.in-memory"), Store("a", "other"), Store("b"), Store("b", Mine)));

        Assert.StartsWith(
            "failed to load components: duplicate definition of Component name a (pubsub.in-memory/v1) with existing a (state.in-memory/v1)\nduplicate definition of Component name b (state.in-memory/v1) with existing b (state.in-memory/v1) (",
            refusal.Fatal,
            StringComparison.Ordinal);
        Assert.Contains("The component 'a' is defined twice; the other one is at ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Type_OfNoBuildingBlock_IsNamed_InTheWordsOfDapr()
        => Assert.StartsWith("process component w error: incorrect type workflow.dapr (", Assert.Throws<ResourceException>(() => Load(null, Component("w", "workflow.dapr"))).Fatal, StringComparison.Ordinal);

    [Theory]
    [InlineData("state.in-memory")]
    [InlineData("State.In-Memory")]
    public void Type_InAnyCase_IsTheSame(string type) => Assert.Single(Load(null, Component("s", type)).Embedded.All<McpAspire.Sidecar.State.IStateStore>());

    [Fact]
    public void Kind_WithoutAnEffect_IsListed_AndWarnedOf()
    {
        using var folder = new TemporaryFolder();
        string Document(string name, string scopes = "") => $"apiVersion: dapr.io/v1alpha1\nkind: WorkflowAccessPolicy\nmetadata: {{name: {name}}}\nspec: {{any: thing}}\n{scopes}\n---\n";
        folder.Write("resources/all.yaml", Document("one") + Document("two", "scopes: [app]") + Document("three", "scopes: [other]"));

        var resources = ResourceLoader.Load(new McpAspire.Sidecar.CommandLine.SidecarOptions { AppId = "app", ResourcesPaths = [folder.PathOf("resources")] });

        Assert.Equal(["one", "two"], resources.WorkflowAccessPolicies);
        Assert.All(resources.Warnings, warning => Assert.Contains("resources of kind WorkflowAccessPolicy have no effect", warning, StringComparison.Ordinal));
        Assert.Equal(2, resources.Warnings.Count);
    }

    private static RuntimeSnapshot Load(string? ns, params string[] resources)
    {
        using var folder = new TemporaryFolder();
        var spec = resources.FirstOrDefault(text => text.StartsWith("  ", StringComparison.Ordinal)) ?? "  features: [{ name: HotReload, enabled: false }]";
        folder.Write("resources/all.yaml", string.Concat(resources.Where(text => !text.StartsWith("  ", StringComparison.Ordinal))));
        folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n{spec}\n");
        return Loading.Load(["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")], ns is null ? null : new Dictionary<string, string> { ["NAMESPACE"] = ns });
    }

    private static string Store(string name, string ns = "") => Component(name, "state.in-memory", ns);

    private static string Component(string name, string type, string ns = "")
        => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n  namespace: '{ns}'\nspec:\n  type: {type}\n  version: v1\n---\n";

    private static string Endpoint(string name, string ns)
        => $"apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata:\n  name: {name}\n  namespace: '{ns}'\nspec:\n  baseUrl: http://127.0.0.1:1\n---\n";
}
