using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>What stops the start, and the sentence it is said in.</summary>
public sealed class StartupTests
{
    [Fact]
    public void Load_PlaceholderWithoutValue_NamesFileAndVariable()
    {
        var e = Assert.Throws<RealmFileException>(() => RealmFile.Load(TestRealm.Shipped, name => name == "DEMO_PASSWORD" ? null : TestRealm.Values.GetValueOrDefault(name)));
        Assert.Contains("mcp-realm.json", e.Message, StringComparison.Ordinal);
        Assert.Contains("DEMO_PASSWORD", e.Message, StringComparison.Ordinal);
        Assert.Matches("line \\d+", e.Message);
    }

    [Fact]
    public void Load_BrokenJson_NamesLine()
    {
        var e = Assert.Throws<RealmFileException>(() => RealmFile.Load(TestRealm.Write("{\n \"realm\": \"x\",\n nonsense\n}"), _ => null));
        Assert.Contains("line 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFile_SaysWhichVariableToSet()
    {
        var e = Assert.Throws<RealmFileException>(() => RealmFile.LoadAll("/no/such/realm.json", _ => null));
        Assert.Contains("IdentityProvider__RealmPath", e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Weakening() => new()
    {
        { "browserFlow", "\"browser with otp\"", "browserFlow" },
        { "sslRequired", "\"all\"", "sslRequired" },
        { "permanentLockout", "true", "permanentLockout" },
        { "verifyEmail", "true", "verifyEmail" },
        { "enabled", "false", "enabled" },
        { "realm", "\"a; Path=/\"", "realm" },
        { "accessTokenLifespan", "\"soon\"", "accessTokenLifespan" },
        { "defaultSignatureAlgorithm", "\"ES256\"", "defaultSignatureAlgorithm" },
        { "clientPolicies", """{"policies":[{"name":"strict"}]}""", "clientPolicies.policies" },
        { "clientSessionMaxLifespan", "60", "clientSessionMaxLifespan" },
        { "offlineSessionMaxLifespanEnabled", "true", "offlineSessionMaxLifespanEnabled" },
        { "users", """[{"username":"x","enabled":true,"requiredActions":["CONFIGURE_TOTP"]}]""", "users[0].requiredActions" },
        { "users", """[{"username":"x","enabled":true,"credentials":[{"type":"otp"}]}]""", "users[0].credentials[0].type" },
        { "users", """[{"username":"x","enabled":true,"credentials":[{"value":"p","temporary":true}]}]""", "users[0].credentials[0].temporary" },
        { "users", """[{"username":"x","enabled":true,"realmRoles":["nobody"]}]""", "users[0].realmRoles" },
        { "users", """[{"username":"x","enabled":true},{"username":"X","enabled":true}]""", "users" },
        { "users", """[{"username":"service-account-mcp-agent","enabled":true}]""", "serviceAccountClientId" },
        { "clients", """[{"clientId":"x","implicitFlowEnabled":true}]""", "clients[0].implicitFlowEnabled" },
        { "clients", """[{"clientId":"x","clientAuthenticatorType":"client-x509"}]""", "clients[0].clientAuthenticatorType" },
        { "clients", """[{"clientId":"x","clientAuthenticatorType":"client-jwt"}]""", "jwks.url" },
        { "clients", """[{"clientId":"x","clientAuthenticatorType":"client-jwt","attributes":{"use.jwks.url":"true"}}]""", "jwks.url" },
        { "clients", """[{"clientId":"x","clientAuthenticatorType":"client-jwt","attributes":{"use.jwks.url":"true","jwks.url":"file:///keys","jwks.string":"{}"}}]""", "jwks.url" },
        { "clients", """[{"clientId":"x","attributes":{"tls.client.certificate.bound.access.tokens":"true"}}]""", "tls.client.certificate.bound.access.tokens" },
        { "clients", """[{"clientId":"x","authenticationFlowBindingOverrides":{"browser":"y"}}]""", "authenticationFlowBindingOverrides" },
        { "clients", """[{"clientId":"x"},{"clientId":"x"}]""", "clients" },
    };

    [Theory]
    [MemberData(nameof(Weakening))]
    public void Load_MemberThatWouldWeakenTheRealm_IsRefusedByName(string member, string value, string named)
    {
        var file = TestRealm.Variant(realm => realm[member] = JsonNode.Parse(value));
        var e = Assert.Throws<RealmFileException>(() => RealmFile.Load(file, TestRealm.Values.GetValueOrDefault));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnsupportedMapperAndMember_AreReportedByName()
    {
        var file = TestRealm.Variant(realm =>
        {
            realm["somethingNew"] = true;
            TestRealm.Client(realm, "mcp-agent")["protocolMappers"] = JsonNode.Parse("""[{"name":"magic","protocolMapper":"oidc-script-mapper"}]""");
        });
        var (_, report) = RealmFile.Load(file, TestRealm.Values.GetValueOrDefault);
        Assert.Contains("somethingNew", report.Unsupported);
        Assert.Contains(report.Unsupported, path => path.Contains("magic", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_MembersOfAFullExport_AreUnderstood()
    {
        var file = TestRealm.Variant(realm =>
        {
            realm["otpPolicyType"] = "totp";
            realm["webAuthnPolicyRpEntityName"] = "keycloak";
            realm["clientSessionIdleTimeout"] = 0;
            realm["roles"]!["realm"]!.AsArray().Add(JsonNode.Parse("""{"name":"default-roles-mcp","composite":true,"composites":{"realm":["agent"]}}"""));
            realm["clients"]!.AsArray().Add(JsonNode.Parse("""{"clientId":"broker","bearerOnly":true,"name":"${client_broker}"}"""));
        });
        var (model, report) = RealmFile.Load(file, TestRealm.Values.GetValueOrDefault);

        Assert.Empty(report.Unsupported);
        Assert.False(model.FindClient("broker")!.StandardFlow);
        var account = model.FindServiceAccount(model.FindClient("mcp-server")!)!;
        Assert.Equal(["agent", "default-roles-mcp"], account.Roles.Select(role => role.Name).Order());
    }

    [Fact]
    public void Load_ShippedRealm_NeedsNothingUnsupported()
        => Assert.Empty(RealmFile.Load(TestRealm.Shipped, TestRealm.Values.GetValueOrDefault).Report.Unsupported);

    [Theory]
    [InlineData("""{"a":"${SET}"}""", """{"a":"one\u0022two"}""")]
    [InlineData("""{"a":"${UNSET:default}"}""", """{"a":"default"}""")]
    [InlineData("""{"a":"${UNSET,SET}"}""", """{"a":"one\u0022two"}""")]
    [InlineData("""{"a":"$${SET}"}""", """{"a":"${SET}"}""")]
    [InlineData("""{"a":"x.${client_id}.y"}""", """{"a":"x.${client_id}.y"}""")]
    [InlineData("""{"a":${UNSET:true}}""", """{"a":true}""")]
    public void Replace_Placeholder_FollowsKeycloak(string text, string expected)
        => Assert.Equal(expected, Placeholders.Replace("f", text, name => name == "SET" ? "one\"two" : null));

    [Theory]
    [InlineData("KC_HTTP_PORT", "eighty")]
    [InlineData("KC_HTTP_PORT", "70000")]
    [InlineData("KC_HTTP_MANAGEMENT_PORT", "8080")]
    [InlineData("KC_HOSTNAME", "http://localhost:8080/path")]
    [InlineData("KC_FEATURES", "telepathy")]
    [InlineData("IdentityProvider:AllowProduction", "perhaps")]
    [InlineData("IdentityProvider:InitialAccessTokenCount", "some")]
    [InlineData("IdentityProvider:InitialAccessTokenCount", "5")]
    public void Create_InvalidSetting_NamesIt(string key, string value)
    {
        var e = Assert.Throws<StartupException>(() => ProviderApplication.Create(["--environment=Development", $"--{key}={value}"]));
        Assert.Contains(key.Replace(":", "__", StringComparison.Ordinal), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_InProduction_IsRefusedWithTheReason()
    {
        var e = Assert.Throws<StartupException>(() => ProviderApplication.Create(["--environment=Production"]));
        Assert.Contains("Production", e.Message, StringComparison.Ordinal);
        Assert.Contains("IdentityProvider__AllowProduction", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_PortInUse_ExitsWithOneAndASentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "IdentityProvider.dll")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in TestRealm.Values)
        {
            start.Environment[name] = value;
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["KC_HTTP_PORT"] = $"{port}";
        start.Environment["KC_HTTP_MANAGEMENT_PORT"] = $"{FreePort.Next()}";
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains($"port {port} cannot be bound (in use); set KC_HTTP_PORT", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
