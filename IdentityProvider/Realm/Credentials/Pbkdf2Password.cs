using System.Security.Cryptography;
using System.Text;

namespace McpAspire.IdentityProvider.Realm.Credentials;

/// <summary>Keycloak's pbkdf2, pbkdf2-sha256 and pbkdf2-sha512 credentials.</summary>
internal sealed class Pbkdf2Password(HashAlgorithmName algorithm, int iterations, byte[] salt, byte[] hash) : IPasswordCredential
{
    public bool Verify(string password)
        => CryptographicOperations.FixedTimeEquals(
            hash, Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, algorithm, hash.Length));
}
