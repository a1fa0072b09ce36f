using System.Net;
using McpAspire.IdentityProvider.Cimd;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Client ID metadata documents: where they may come from.</summary>
public sealed class CimdTests
{
    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.20.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:4700::1111", true)]
    public void Is_Address_TellsInsideFromOutside(string address, bool isPublic)
        => Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    [Fact]
    public async Task Fetch_HostThatResolvesInside_IsNotContacted()
    {
        await using var documents = await DocumentServer.StartAsync();
        documents.Serve("/x.json", "{}");
        using var fetcher = new DocumentFetcher();

        Assert.Null(await fetcher.FetchAsync(new Uri($"{documents.BaseUrl}/x.json"), ["*.localhost", "*.1"], TestContext.Current.CancellationToken));
        Assert.Empty(documents.Fetched);
        Assert.NotNull(await fetcher.FetchAsync(new Uri($"{documents.BaseUrl}/x.json"), ["localhost"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://10.0.0.1/client.json")]
    [InlineData("http://192.168.0.1/client.json")]
    [InlineData("http://[::1]:{0}/client.json")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/client.json")]
    [InlineData("http://localhost.:{0}/client.json")]
    public async Task Authorize_ClientIdInsideTheNetwork_IsRefusedWithoutAFetch(string clientId)
    {
        await using var documents = await DocumentServer.StartAsync();
        await using var provider = await RunningProvider.StartAsync(RegistrationRealmTests.RealmPath, "--KC_FEATURES=cimd");
        var id = string.Format(null, clientId, new Uri(documents.BaseUrl).Port);
        documents.Serve("/client.json", $$"""{"client_id":"{{id}}","redirect_uris":["http://localhost:1/cb"],"token_endpoint_auth_method":"none"}""");

        var reply = await Http.GetAsync(Flows.AuthorizeUrl(provider.Issuer, Uri.EscapeDataString(id), "http://localhost:1/cb", "openid"));
        Assert.Equal(400, reply.Status);
        Assert.Empty(documents.Fetched);
    }

    [Fact]
    public async Task Authorize_DocumentThatRedirectsInside_IsNotFollowed()
    {
        await using var documents = await DocumentServer.StartAsync();
        await using var provider = await RunningProvider.StartAsync(RegistrationRealmTests.RealmPath, "--KC_FEATURES=cimd");
        documents.Serve("/client.json", "", status: 302, location: $"{documents.BaseUrl}/inside.json");
        var reply = await Http.GetAsync(Flows.AuthorizeUrl(provider.Issuer, Uri.EscapeDataString($"{documents.BaseUrl}/client.json"), "http://localhost:1/cb", "openid"));
        Assert.Equal(400, reply.Status);
        Assert.Equal(["/client.json"], documents.Fetched);
    }

    [Fact]
    public async Task Discovery_WithFeature_SaysSo()
    {
        await using var with = await RunningProvider.StartAsync(null, "--KC_FEATURES=cimd");
        Assert.True((bool)(await Http.GetAsync($"{with.Issuer}/.well-known/openid-configuration")).Json["client_id_metadata_document_supported"]!);
        await using var without = await RunningProvider.StartAsync();
        Assert.Null((await Http.GetAsync($"{without.Issuer}/.well-known/openid-configuration")).Json["client_id_metadata_document_supported"]);
    }

    [Fact]
    public void Load_PolicyWithoutFeature_StopsTheStart()
    {
        var e = Assert.Throws<RealmFileException>(() => RealmFile.Load(RegistrationRealmTests.RealmPath, TestRealm.Values.GetValueOrDefault));
        Assert.Contains("KC_FEATURES=cimd", e.Message, StringComparison.Ordinal);
    }
}
