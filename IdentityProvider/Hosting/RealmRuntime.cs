using McpAspire.IdentityProvider.Cimd;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Device;
using McpAspire.IdentityProvider.Keys;
using McpAspire.IdentityProvider.Login;
using McpAspire.IdentityProvider.Logout;
using McpAspire.IdentityProvider.Par;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Registration;
using McpAspire.IdentityProvider.Sessions;
using McpAspire.IdentityProvider.State;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Hosting;

/// <summary>One realm at work: its model, its keys and everything it has to remember.</summary>
internal sealed class RealmRuntime
{
    // They are the largest thing that a stranger can leave here.
    private const int MostPushedRequests = 1_000;

    public RealmRuntime(RealmModel model, ProviderOptions options, RealmKeys keys, DocumentFetcher fetcher, ProviderLog log, TimeProvider clock)
    {
        Model = model;
        Clock = clock;
        Features = options.Features;
        Log = log;
        Keys = keys;
        Urls = new RealmUrls(options.Hostname, model.Settings.Name);
        Sessions = new SessionStore(model.Settings, clock);
        Codes = new AuthorizationCodes(model.Settings, clock);
        Logins = new LoginStore(model.Settings, clock);
        BruteForce = new BruteForceProtection(model.Settings.BruteForce, clock);
        Revoked = new RevokedTokens(clock);
        UsedAssertions = new UsedIds(clock);
        UsedProofs = new UsedIds(clock);
        PushedRequests = new ExpiringStore<PushedRequest>(clock, MostPushedRequests);
        Devices = new DeviceStore(model.Settings, clock);
        Logouts = new ExpiringStore<PendingLogout>(clock);
        Tokens = new TokenFactory(model.Settings, Urls.Issuer, () => Keys, Sessions, clock);
        Cimd = new CimdResolver(this, fetcher);
        ClientKeys = new ClientKeys(this, fetcher);
        Registrations = new RegistrationTokens(this);
        Reader = new TokenReader(this);
        State = options.DataPath is { } folder ? new StateFile(folder, this) : null;
        State?.Load();
    }

    public RealmModel Model { get; }

    public IReadOnlySet<string> Features { get; }

    public RealmSettings Settings => Model.Settings;

    public ProviderLog Log { get; }

    public RealmUrls Urls { get; }

    public RealmKeys Keys { get; }

    public TimeProvider Clock { get; }

    public SessionStore Sessions { get; }

    public AuthorizationCodes Codes { get; }

    public LoginStore Logins { get; }

    public ConsentStore Consents { get; } = new();

    public BruteForceProtection BruteForce { get; }

    public RevokedTokens Revoked { get; }

    /// <summary>Ids of client assertions that were used.</summary>
    public UsedIds UsedAssertions { get; }

    /// <summary>Ids of DPoP proofs that were used.</summary>
    public UsedIds UsedProofs { get; }

    public ExpiringStore<PushedRequest> PushedRequests { get; }

    public CimdResolver Cimd { get; }

    public ClientKeys ClientKeys { get; }

    public RegistrationTokens Registrations { get; }

    public DeviceStore Devices { get; }

    /// <summary>Sign-outs that wait for a yes.</summary>
    public ExpiringStore<PendingLogout> Logouts { get; }

    /// <summary>Where the sessions are kept; null: in memory only.</summary>
    public StateFile? State { get; }

    public TokenFactory Tokens { get; }

    public TokenReader Reader { get; }

    /// <summary>Forgets what is over.</summary>
    public void Prune()
    {
        Sessions.Prune();
        Codes.Prune();
        Logins.Prune();
        Revoked.Prune();
        UsedAssertions.Prune();
        UsedProofs.Prune();
        PushedRequests.Prune();
        Devices.Prune();
        Logouts.Prune();
        BruteForce.Prune();
        Registrations.Prune();
        ClientKeys.Prune();
    }
}
