using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace McpAspire.AppHost.Tests;

public sealed class StackOptionsTests
{
    [Theory]
    [InlineData("Identity", "auth0", "McpAspire:Identity is 'auth0'; allowed are 'keycloak' and 'embedded'.")]
    [InlineData("Sidecar", "envoy", "McpAspire:Sidecar is 'envoy'; allowed are 'dapr' and 'embedded'.")]
    [InlineData("Ports", "random", "McpAspire:Ports is 'random'; allowed are 'default' and 'free'.")]
    [InlineData("SidecarApiToken", "yes", "McpAspire:SidecarApiToken is 'yes'; allowed are 'true' and 'false'.")]
    public void Read_ValueThatIsNotAllowed_NamesKeyValueAndWhatIs(string key, string value, string sentence)
    {
        var error = Assert.Throws<DistributedApplicationException>(() => Read((key, value)));

        Assert.Equal(sentence, error.Message);
    }

    [Fact]
    public void Read_NothingSet_LetsTheMachineDecide()
    {
        var options = Read();

        Assert.Null(options.Identity);
        Assert.Null(options.Sidecar);
        Assert.False(options.OnlyFreePorts);
        Assert.False(options.SidecarApiToken);
    }

    private static StackOptions Read(params (string Key, string Value)[] settings)
        => StackOptions.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>($"McpAspire:{setting.Key}", setting.Value)))
            .Build());
}
