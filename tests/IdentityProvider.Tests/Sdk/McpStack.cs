using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Cimd;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.IdentityProvider.Tests.Sdk;

/// <summary>Provider, protected MCP server, an https host with the client's metadata document, and a person at a browser.</summary>
internal sealed class McpStack : IAsyncDisposable
{
    public const string Callback = "http://localhost:49152/callback";

    private readonly X509Certificate2 _certificate;

    private McpStack(RunningProvider provider, ProtectedMcpServer server, DocumentServer documents, X509Certificate2 certificate)
    {
        (Provider, Server, Documents, _certificate) = (provider, server, documents, certificate);
        Browser = new Browser(provider.BaseUrl);
    }

    public RunningProvider Provider { get; }

    public ProtectedMcpServer Server { get; }

    public DocumentServer Documents { get; }

    public Browser Browser { get; }

    /// <summary>Authorization requests that clients sent the person to, in turn.</summary>
    public List<Uri> Requests { get; } = [];

    /// <summary>What the SDKs take for a client id metadata document: an https URL with a path.</summary>
    public string ClientMetadataUrl => $"{Documents.BaseUrl}/client.json";

    /// <param name="registration">Whether clients may register themselves: the second realm file.</param>
    public static async Task<McpStack> StartAsync(bool registration)
    {
        var serverPort = FreePort.Next();
        var certificate = CreateCertificate();
        var documents = await DocumentServer.StartAsync(certificate);
        var provider = await RunningProvider.StartAsync(
            FreePort.Next(),
            registration ? RegistrationRealmTests.RealmPath : TestRealm.Shipped,
            services => services.AddSingleton(new DocumentFetcher(Trust(certificate))),
            [$"--MCP_RESOURCE={ProtectedMcpServer.ResourceOn(serverPort)}", .. registration ? ["--KC_FEATURES=cimd"] : Array.Empty<string>()]);
        var server = await ProtectedMcpServer.StartAsync(serverPort, provider);
        var stack = new McpStack(provider, server, documents, certificate);
        documents.Serve("/client.json", new JsonObject
        {
            ["client_id"] = stack.ClientMetadataUrl,
            ["client_name"] = "SDK test client",
            ["redirect_uris"] = new JsonArray(Callback),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["response_types"] = new JsonArray("code"),
            ["token_endpoint_auth_method"] = "none",
        }.ToJsonString());
        return stack;
    }

    /// <summary>The person signs in, agrees, and is sent back to the client: the address with the code.</summary>
    public async Task<Uri> SignInAsync(Uri request)
    {
        Requests.Add(request);
        var reply = await Flows.SignInAtAsync(Browser, request.AbsoluteUri);
        Assert.StartsWith(Callback, reply.Location, StringComparison.Ordinal);
        return new Uri(reply.Location!);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Provider.DisposeAsync();
        await Documents.DisposeAsync();
        _certificate.Dispose();
    }

    private static SslClientAuthenticationOptions Trust(X509Certificate2 certificate)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(certificate);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
