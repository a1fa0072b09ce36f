using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace McpAspire.IdentityProvider.Keys;

/// <summary>The keys of a realm: RS256 for what others verify, HS512 for what only this provider reads back.</summary>
internal sealed class RealmKeys
{
    private readonly IReadOnlyList<RsaKey> _verification;
    private readonly Lazy<RsaKey> _encryption;

    public RealmKeys(RsaKey signing, IEnumerable<RsaKey> retired, Lazy<RsaKey> encryption, HmacKey own)
    {
        Signing = signing;
        _encryption = encryption;
        Own = own;
        _verification = [signing, .. retired];
    }

    public RsaKey Signing { get; }

    /// <summary>Published because Keycloak publishes one. Nobody waits for it at start: it is made when first asked for.</summary>
    public RsaKey Encryption => _encryption.Value;

    public HmacKey Own { get; }

    /// <summary>Keys whose signatures still count: the active one and those retired but not yet forgotten.</summary>
    public IReadOnlyList<RsaKey> Verification => _verification;

    public RsaKey? FindVerification(string? kid) => _verification.FirstOrDefault(key => key.Id == kid);

    public static RealmKeys Create(string realm, DateTimeOffset now)
    {
        var encryption = new Lazy<RsaKey>(() => RsaKey.Create(realm, "RSA-OAEP", X509KeyUsageFlags.KeyEncipherment, now));
        var signing = RsaKey.Create(realm, "RS256", X509KeyUsageFlags.DigitalSignature, now);
        return new RealmKeys(signing, [], encryption, new HmacKey(RandomNumberGenerator.GetBytes(64)));
    }
}
