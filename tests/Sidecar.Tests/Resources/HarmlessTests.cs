using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Resources;

/// <summary>What Dapr takes and what opens nothing is taken here as well; its own integration tests hold such resources.</summary>
public sealed class HarmlessTests
{
    private const string Login = "  - {name: login, type: middleware.http.oauth2}";
    private const string Upper = "  - {name: upper, type: middleware.http.uppercase}";

    [Fact]
    public void Handler_ThatOnlyTransforms_MayBeMissing()
    {
        var snapshot = Load(Upper, string.Empty);

        Assert.Single(snapshot.Configuration.HttpPipeline);
        Assert.Empty(snapshot.Components);
    }

    [Fact]
    public void Handler_ThatOnlyTransforms_MayHaveAnotherTypeOrBeInNoPipeline()
    {
        var snapshot = Load(Upper, Component("upper", "routeralias") + Component("spare", "uppercase"));

        Assert.Equal(2, snapshot.Components.Count);
    }

    [Fact]
    public void Handler_ThatProtects_MustBeThere()
    {
        var refusal = Assert.Throws<ResourceException>(() => Load(Login, Component("upper", "uppercase")));

        Assert.Contains("The handler 'login' is not defined", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Upper, "ratelimit")] // either side may be mistyped
    [InlineData("  - {name: upper, type: middleware.http.upercase}", "uppercase")]
    public void Handler_WithATypeThatMayProtect_MustMatch(string handler, string type)
    {
        var refusal = Assert.Throws<ResourceException>(() => Load(handler, Component("upper", type)));

        Assert.Contains("but the component at", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>As Dapr's own types are serialized.</summary>
    [Fact]
    public void EmptySecretKeyRef_BesideAValue_IsNone()
    {
        var snapshot = Load(string.Empty, Store("{ name: keyPrefix, value: none, secretKeyRef: { name: '', key: '' } }"));

        Assert.Single(snapshot.Components);
    }

    [Theory]
    [InlineData("{ name: keyPrefix, secretKeyRef: { name: '', key: '' } }", "secretKeyRef")]
    [InlineData("{ name: keyPrefix, value: none, secretKeyRef: { name: a, key: '' } }", "more than one of value, secretKeyRef and envRef")]
    public void SecretKeyRef_ThatIsHalfEmptyOrAlone_IsRefused(string metadata, string problem)
    {
        var refusal = Assert.Throws<ResourceException>(() => Load(string.Empty, Store(metadata)));

        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Component_ThatProtects_MustBeInAPipeline()
    {
        var refusal = Assert.Throws<ResourceException>(() => Load(Upper, Component("limit", "ratelimit")));

        Assert.Contains("is in no pipeline", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoint_WithAVersion_AndItsFieldsInAnotherCase_IsRead()
    {
        var snapshot = Load(string.Empty, Endpoint("baseURL: http://127.0.0.1:1"));

        Assert.Equal("http://127.0.0.1:1", Assert.Single(snapshot.Endpoints).Value.BaseUrl);
    }

    [Fact]
    public void Field_TwiceInAnotherCase_IsRefused()
    {
        var refusal = Assert.Throws<ResourceException>(() => Load(string.Empty, Endpoint("baseURL: http://127.0.0.1:1\n  baseUrl: http://127.0.0.1:2")));

        Assert.Contains("has the field 'baseUrl' twice", refusal.Message, StringComparison.Ordinal);
    }

    private static string Component(string name, string type)
    {
        var metadata = type == "routeralias" ? "\n  metadata:\n  - {name: routes, value: '{\"/a\":\"/b\"}'}" : string.Empty;
        return $"---\napiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: middleware.http.{type}\n  version: v1{metadata}\n";
    }

    private static string Endpoint(string fields)
        => $"apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata:\n  name: site\nspec:\n  version: v1alpha1\n  {fields}\n";

    private static RuntimeSnapshot Load(string handlers, string resources)
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/all.yaml", resources);
        var config = folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  httpPipeline:\n    handlers:\n{handlers.Replace("  -", "    -", StringComparison.Ordinal)}\n");
        return Loading.Load(["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", config]);
    }

    private static string Store(string metadata) => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: store\nspec:\n  type: state.in-memory\n  version: v1\n  metadata: [{metadata}]\n";
}
