using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Client ID metadata documents, with the recorded policy and variants of it.</summary>
internal sealed class CimdTopic : ITopic
{
    private const string Feature = "--KC_FEATURES=cimd";
    private const string RecordedHost = "client.example:8000";
    private const string RecordedPort = ":18777/";

    private static readonly string[] NotPlayed = ["feature on, no policy"];

    /// <summary>Exchanges that were recorded under another policy than the rest.</summary>
    private static readonly Dictionary<string, Action<JsonObject>> Policies = new()
    {
        ["document names a redirect on 127.0.0.1, only localhost is trusted"] = policy => policy["cimd-allow-permitted-domains"] = new JsonArray("localhost"),
        ["http not allowed"] = policy => policy["cimd-allow-http-scheme"] = false,
        ["empty trusted domains"] = policy => policy["cimd-allow-permitted-domains"] = new JsonArray(),
        ["trusted domains *"] = policy => policy["cimd-allow-permitted-domains"] = new JsonArray("*"),
        ["same domain demanded, redirect on 127.0.0.1"] = policy => policy["cimd-restrict-same-domain"] = true,
        ["same domain demanded, document has a foreign redirect"] = policy => policy["cimd-restrict-same-domain"] = true,
        ["confidential only"] = policy => policy["only-allow-confidential-client"] = true,
        ["required property missing"] = policy => policy["cimd-required-properties"] = new JsonArray("logo_uri"),
    };

    public string Name => "cimd";

    public async Task PlayAsync(ContractRun run)
    {
        await using var documents = await DocumentServer.StartAsync();
        ServeAll(documents);
        var port = new Uri(documents.BaseUrl).Port;
        run.Hosts = [(RecordedHost, $"localhost:{port}"), (RecordedPort, $":{port}/")];
        var challenge = new Fill(("code_challenge", Flows.Challenge));
        await run.PlayOnVariantAsync(NotPlayed, _ => { }, variant => variant.SendAsync(NotPlayed[0], challenge), Feature);
        var names = run.Recording.Exchanges.Where(exchange => exchange.Request is not null).Select(exchange => exchange.Name)
            .Where(name => !NotPlayed.Contains(name) && !Policies.ContainsKey(name)).ToList();
        await run.PlayOnVariantAsync(names, AddPolicy(run, _ => { }), variant => PlayWithPolicyAsync(variant, names, documents), Feature);
        foreach (var (name, change) in Policies)
        {
            await run.PlayOnVariantAsync([name], AddPolicy(run, change), variant => SendAsync(variant, name, documents), Feature);
        }
    }

    private static async Task PlayWithPolicyAsync(ContractRun run, List<string> names, DocumentServer documents)
    {
        var browser = run.NewBrowser();
        await PlayTokensAsync(run, browser, documents);
        foreach (var name in names.Where(name => !run.Outcomes.ContainsKey(name)))
        {
            await SendAsync(run, name, documents);
        }
    }

    private static async Task PlayTokensAsync(ContractRun run, Browser browser, DocumentServer documents)
    {
        await SendAsync(run, "valid document", documents);
        await SendAsync(run, "again at once", documents);
        var clientId = $"{documents.BaseUrl}/ok.json";
        var bob = run.NewBrowser();
        await bob.VisitAsync(Authorize(run, clientId, "openid"));
        var toConsent = await run.SendAsync("sign-in, first page after it", new Fill { Url = bob.Form.Action }, bob);
        await run.SendAsync("page after sign-in", new Fill { Url = toConsent.Location }, bob);

        foreach (var (name, scope) in ((string, string)[])[("code redeemed", "openid"), ("code with tickets:read redeemed", "openid tickets:read")])
        {
            var reply = await browser.FollowAsync(await browser.VisitAsync(Authorize(run, clientId, scope)));
            if (browser.Form.Action.Contains("/authenticate", StringComparison.Ordinal) && reply.Status == 200)
            {
                reply = await browser.FollowAsync(await browser.SubmitAsync(("username", "alice"), ("password", "demo-password")));
            }

            reply = reply.Status == 200 ? await browser.FollowAsync(await browser.SubmitAsync(("accept", "Yes"))) : reply;
            await run.SendAsync(name, new Fill(("code", reply.Parameter("code")), ("code_verifier", Flows.Verifier), ("client_id", clientId)) { Overrides = true });
        }
    }

    /// <summary>Sends an authorization request whose documents stand on our server, and checks what it fetched.</summary>
    private static async Task SendAsync(ContractRun run, string name, DocumentServer documents)
    {
        documents.Fetched.Clear();
        var exchange = run.Recording[name];
        var url = ((string)exchange.Request!["url"]!).Replace("{issuer}", run.Issuer, StringComparison.Ordinal)
            .Replace("<code-challenge>", Flows.Challenge, StringComparison.Ordinal);
        await run.SendAsync(name, new Fill { Url = url });
        var wanted = exchange.Json["fetched"]!.AsArray().Select(fetch => (string)fetch!["path"]!);
        if (!wanted.SequenceEqual(documents.Fetched))
        {
            run.Note(name, $"fetched {string.Join(' ', documents.Fetched)}, recorded as {string.Join(' ', wanted)}; {run.Outcomes[name]}");
        }
    }

    private static string Authorize(ContractRun run, string clientId, string scope)
        => Flows.AuthorizeUrl(run.Issuer, Uri.EscapeDataString(clientId), "http://localhost:49152/callback", scope, $"&code_challenge={Flows.Challenge}&code_challenge_method=S256");

    private static Action<JsonObject> AddPolicy(ContractRun run, Action<JsonObject> change) => realm =>
    {
        var recorded = run.Recording["the policy"].Json["realm"]!.DeepClone().AsObject();
        change(recorded["clientProfiles"]!["profiles"]![0]!["executors"]![0]!["configuration"]!.AsObject());
        foreach (var (name, value) in recorded.ToList())
        {
            recorded.Remove(name);
            realm[name] = value;
        }
    };

    private static void ServeAll(DocumentServer documents)
    {
        JsonObject Document(string path) => new()
        {
            ["client_id"] = $"{documents.BaseUrl}{path}",
            ["client_name"] = "Demo MCP client",
            ["redirect_uris"] = new JsonArray("http://localhost:49152/callback", "http://127.0.0.1:49152/callback"),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["response_types"] = new JsonArray("code"),
            ["token_endpoint_auth_method"] = "none",
        };
        void Serve(string path, Action<JsonObject>? change = null, string type = "application/json")
        {
            var document = Document(path);
            change?.Invoke(document);
            documents.Serve(path, document.ToJsonString(), type);
        }

        foreach (var path in (string[])["/ok.json", "/ok2.json", "/ok3.json", "/ok4.json", "/ok5.json", "/ok7.json", "/ok8.json", "/ok9.json"])
        {
            Serve(path);
        }

        Serve("/ok6.json");
        Serve("/differs.json", document => document["client_id"] = "http://other.example/x.json");
        Serve("/noid.json", document => document.Remove("client_id"));
        Serve("/secret.json", document => document["client_secret"] = "x");
        Serve("/post.json", document => document["token_endpoint_auth_method"] = "client_secret_post");
        Serve("/noredirect.json", document => document.Remove("redirect_uris"));
        Serve("/otherredirect.json", document => document["redirect_uris"] = new JsonArray("http://localhost:49152/other"));
        Serve("/port.json", document => document["redirect_uris"] = new JsonArray("http://localhost/callback"));
        Serve("/type.json", type: "text/plain");
        Serve("/unknown.json", document => document["foo"] = "bar");
        Serve("/noauth.json", document => document.Remove("token_endpoint_auth_method"));
        Serve("/cc.json", document => document["grant_types"] = new JsonArray("authorization_code", "client_credentials"));
        Serve("/pkj.json", document => document["token_endpoint_auth_method"] = "private_key_jwt");
        Serve("/scope.json", document => document["scope"] = "openid tickets:read");
        Serve("/logo.json", document => document["logo_uri"] = "https://cdn.elsewhere/logo.png");
        Serve("/big.json", document => document["client_uri"] = $"{documents.BaseUrl}/{new string('x', 5000)}");
        documents.Serve("/redirect.json", "", status: 302, location: $"{documents.BaseUrl}/ok.json");
        documents.Serve("/html.json", "<html></html>", "text/html");
        documents.Serve("/empty.json", "");
        documents.Serve("/error.json", "{}", status: 500);
        documents.Serve("/", "<html></html>", "text/html");
    }
}
