using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.State;

namespace McpAspire.IdentityProvider.Keys;

/// <summary>Keeps a realm's keys in a file that only its owner can read; rotates the signing key with overlap.</summary>
internal static class KeyFile
{
    /// <summary>A signing key older than this is replaced at the next start.</summary>
    public static readonly TimeSpan RotateAfter = TimeSpan.FromDays(30);

    /// <summary>So long a replaced key still verifies: longer than any access or id token lives.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(2);

    private const string Extension = ".keys.json";

    /// <summary>Whether any realm has keys in this folder.</summary>
    public static bool AnyIn(string folder) => Directory.EnumerateFiles(folder, $"*{Extension}").Any();

    public static RealmKeys LoadOrCreate(string folder, string realm, DateTimeOffset now, Task<RSA>? pair = null)
    {
        var path = Path.Combine(folder, $"{Uri.EscapeDataString(realm)}{Extension}");
        if (!File.Exists(path))
        {
            var created = RealmKeys.Create(realm, now, pair);
            Save(path, [(created.Signing, now)], created.Encryption, created.Own);
            return created;
        }

        OwnerOnlyFile.RequireOwnerOnly(path);
        var stored = Read(path);
        var signing = stored.Signing.Select(key => (Key: ToRsa(key, "RS256"), Created: DateTimeOffset.FromUnixTimeSeconds(key.Created))).OrderByDescending(key => key.Created).ToList();
        var encryption = ToRsa(stored.Encryption, "RSA-OAEP");
        var own = new HmacKey(stored.Own);
        if (now - signing[0].Created > RotateAfter)
        {
            signing.Insert(0, (RsaKey.Create(realm, "RS256", X509KeyUsageFlags.DigitalSignature, now, RsaKey.Generate()), now));
        }

        // A key counts from its successor's birth on as retired.
        var kept = signing.Where((_, index) => index == 0 || now - signing[index - 1].Created < Overlap).ToList();
        if (kept.Count != stored.Signing.Length || kept[0].Created == now)
        {
            Save(path, kept, encryption, own);
        }

        return new RealmKeys([.. kept.Select(key => key.Key)], encryption, own);
    }

    private static StoredKeys Read(string path)
    {
        try
        {
            var stored = JsonSerializer.Deserialize(File.ReadAllBytes(path), KeyJson.Default.StoredKeys);
            return stored is { Signing.Length: > 0 } ? stored : throw new JsonException();
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{path} is no key file of this provider; remove it to have new keys made (every token then in use becomes worthless).");
        }
    }

    private static void Save(string path, IReadOnlyList<(RsaKey Key, DateTimeOffset Created)> signing, RsaKey encryption, HmacKey own)
    {
        var stored = new StoredKeys(
            [.. signing.Select(key => ToStored(key.Key, key.Created))], ToStored(encryption, signing[0].Created), own.Secret);
        OwnerOnlyFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(stored, KeyJson.Default.StoredKeys));
    }

    private static StoredKey ToStored(RsaKey key, DateTimeOffset created) => new(key.ExportPrivateKey(), key.Certificate, created.ToUnixTimeSeconds());

    private static RsaKey ToRsa(StoredKey stored, string algorithm)
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(stored.PrivateKey, out _);
        return new RsaKey(rsa, stored.Certificate, algorithm);
    }
}

internal sealed record StoredKeys(StoredKey[] Signing, StoredKey Encryption, byte[] Own);

internal sealed record StoredKey(byte[] PrivateKey, byte[] Certificate, long Created);

[JsonSerializable(typeof(StoredKeys))]
internal sealed partial class KeyJson : JsonSerializerContext;
