using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace McpAspire.IdentityProvider.Keys;

/// <summary>The keys of a realm: RS256 for what others verify, HS512 for what only this provider reads back.</summary>
internal sealed class RealmKeys
{
    private readonly Lazy<IReadOnlyList<RsaKey>> _verification;
    private readonly Lazy<RsaKey> _encryption;

    /// <summary>Keys that exist.</summary>
    public RealmKeys(IReadOnlyList<RsaKey> verification, RsaKey encryption, HmacKey own)
        : this(new Lazy<IReadOnlyList<RsaKey>>(verification), new Lazy<RsaKey>(encryption), own)
    {
    }

    private RealmKeys(Lazy<IReadOnlyList<RsaKey>> verification, Lazy<RsaKey> encryption, HmacKey own)
    {
        _verification = verification;
        _encryption = encryption;
        Own = own;
    }

    public RsaKey Signing => Verification[0];

    /// <summary>Published because Keycloak publishes one.</summary>
    public RsaKey Encryption => _encryption.Value;

    public HmacKey Own { get; }

    /// <summary>Keys whose signatures still count: the active one first, then those retired but not yet forgotten.</summary>
    public IReadOnlyList<RsaKey> Verification => _verification.Value;

    public RsaKey? FindVerification(string? kid) => Verification.FirstOrDefault(key => key.Id == kid);

    /// <summary>
    /// New keys. Nobody waits for them at start, which would take up to a third of a second: the pairs are being made, the signing
    /// key's first, and whoever needs one waits for what is left of it.
    /// </summary>
    public static RealmKeys Create(string realm, DateTimeOffset now, Task<RSA>? pair = null)
    {
        var signing = pair ?? Task.Run(RsaKey.Generate);
        var encryption = signing.ContinueWith(_ => RsaKey.Generate(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return new RealmKeys(
            new Lazy<IReadOnlyList<RsaKey>>(() => [RsaKey.Create(realm, "RS256", X509KeyUsageFlags.DigitalSignature, now, signing.GetAwaiter().GetResult())]),
            new Lazy<RsaKey>(() => RsaKey.Create(realm, "RSA-OAEP", X509KeyUsageFlags.KeyEncipherment, now, encryption.GetAwaiter().GetResult())),
            new HmacKey(RandomNumberGenerator.GetBytes(64)));
    }
}
