using System.Security.Cryptography;
using System.Text;

namespace McpAspire.IdentityProvider.Realm.Credentials;

/// <summary>
/// A password that stood in the realm file in plain text, kept as an HMAC under a key of this process.
/// A slow hash would protect nothing here: whoever reads this memory reads the environment it came from.
/// </summary>
internal sealed class KeyedPassword : IPasswordCredential
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _hash;

    public KeyedPassword(string password) => _hash = Hash(password);

    public bool Verify(string password) => CryptographicOperations.FixedTimeEquals(_hash, Hash(password));

    private static byte[] Hash(string password) => HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(password));
}
