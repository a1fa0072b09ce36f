using System.Security.Cryptography;
using System.Text.Json;

namespace McpAspire.IdentityProvider.Realm.Credentials;

/// <summary>Reads one entry of a user's <c>credentials</c>.</summary>
internal static class PasswordReader
{
    private const string Allowed = "allowed are argon2 (id), pbkdf2, pbkdf2-sha256 and pbkdf2-sha512, or a plain \"value\"";

    public static IPasswordCredential Read(RealmNode node)
    {
        var type = node.String("type") ?? "password";
        if (type != "password")
        {
            throw node.Report.Refuse(node.Join("type"), $"is \"{type}\"; only passwords are supported, and leaving out a second factor would weaken the sign-in.");
        }

        if (node.Bool("temporary", false))
        {
            throw node.Report.Refuse(node.Join("temporary"), "is true; a change of password at first sign-in is not supported, set it to false.");
        }

        node.Skip("id", "createdDate", "userLabel", "priority", "federationLink");
        if (node.String("value") is { } plain)
        {
            return plain.Length > 0 ? new KeyedPassword(plain) : throw node.Report.Refuse(node.Join("value"), "is an empty password.");
        }

        return ReadHashed(node);
    }

    private static IPasswordCredential ReadHashed(RealmNode node)
    {
        var secret = Parse(node, "secretData");
        var data = Parse(node, "credentialData");
        var algorithm = Text(data, "algorithm");
        try
        {
            var hash = Convert.FromBase64String(Text(secret, "value"));
            var salt = Convert.FromBase64String(Text(secret, "salt"));
            var iterations = data.GetProperty("hashIterations").GetInt32();
            return algorithm switch
            {
                "argon2" => Argon2(node, data, iterations, salt, hash),
                "pbkdf2" => new Pbkdf2Password(HashAlgorithmName.SHA1, iterations, salt, hash),
                "pbkdf2-sha256" => new Pbkdf2Password(HashAlgorithmName.SHA256, iterations, salt, hash),
                "pbkdf2-sha512" => new Pbkdf2Password(HashAlgorithmName.SHA512, iterations, salt, hash),
                _ => throw node.Report.Refuse(node.Join("credentialData"), $"has the algorithm \"{algorithm}\"; {Allowed}."),
            };
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw node.Report.Refuse(node.Path, $"is not a password as Keycloak exports it; {Allowed}.");
        }
    }

    private static Argon2Password Argon2(RealmNode node, JsonElement data, int iterations, byte[] salt, byte[] hash)
    {
        var parameters = data.GetProperty("additionalParameters");
        string Parameter(string name) => parameters.GetProperty(name)[0].GetString() ?? "";
        if (Parameter("type") != "id" || Parameter("version") != "1.3")
        {
            throw node.Report.Refuse(node.Join("credentialData"), "is not argon2id version 1.3.");
        }

        return new Argon2Password(iterations, int.Parse(Parameter("memory")), int.Parse(Parameter("parallelism")), salt, hash);
    }

    private static JsonElement Parse(RealmNode node, string name)
    {
        try
        {
            return JsonDocument.Parse(node.RequiredString(name)).RootElement;
        }
        catch (JsonException)
        {
            throw node.Report.Refuse(node.Join(name), "is not JSON in a string, as Keycloak exports it.");
        }
    }

    private static string Text(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
