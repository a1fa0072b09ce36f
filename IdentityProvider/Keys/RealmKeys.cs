using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace McpAspire.IdentityProvider.Keys;

/// <summary>The keys of a realm: RS256 for what others verify, HS512 for what only this provider reads back.</summary>
internal sealed class RealmKeys
{
    private readonly IReadOnlyList<RsaKey> _verification;

    public RealmKeys(RsaKey signing, IEnumerable<RsaKey> retired, RsaKey encryption, HmacKey own)
    {
        Signing = signing;
        Encryption = encryption;
        Own = own;
        _verification = [signing, .. retired];
    }

    public RsaKey Signing { get; }

    public RsaKey Encryption { get; }

    public HmacKey Own { get; }

    /// <summary>Keys whose signatures still count: the active one and those retired but not yet forgotten.</summary>
    public IReadOnlyList<RsaKey> Verification => _verification;

    public RsaKey? FindVerification(string? kid) => _verification.FirstOrDefault(key => key.Id == kid);

    public static RealmKeys Create(string realm, DateTimeOffset now)
    {
        var encryption = Task.Run(() => RsaKey.Create(realm, "RSA-OAEP", X509KeyUsageFlags.KeyEncipherment, now));
        var signing = RsaKey.Create(realm, "RS256", X509KeyUsageFlags.DigitalSignature, now);
        return new RealmKeys(signing, [], encryption.GetAwaiter().GetResult(), new HmacKey(RandomNumberGenerator.GetBytes(64)));
    }
}
