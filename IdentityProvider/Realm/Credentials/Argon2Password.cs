using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;

namespace McpAspire.IdentityProvider.Realm.Credentials;

/// <summary>Keycloak's argon2id credentials.</summary>
internal sealed class Argon2Password(int iterations, int memory, int parallelism, byte[] salt, byte[] hash) : IPasswordCredential
{
    public bool Verify(string password)
    {
        using var argon2 = new Argon2id(Encoding.UTF8.GetBytes(password))
        {
            Iterations = iterations,
            MemorySize = memory,
            DegreeOfParallelism = parallelism,
            Salt = salt,
        };
        return CryptographicOperations.FixedTimeEquals(hash, argon2.GetBytes(hash.Length));
    }
}
