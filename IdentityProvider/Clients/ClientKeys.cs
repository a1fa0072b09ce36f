using System.Text;
using System.Text.Json;
using McpAspire.IdentityProvider.Cimd;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;

namespace McpAspire.IdentityProvider.Clients;

/// <summary>
/// A client's public keys, from its <c>jwks.string</c> or from its <c>jwks.url</c>. Fetched ones are remembered, and asked for
/// again when a signature names a key that is not among them.
/// </summary>
internal sealed class ClientKeys(RealmRuntime realm, DocumentFetcher fetcher)
{
    private const int LongestSet = 64 * 1024;

    /// <summary>Anybody can name an unknown key: so often, at most, that makes us ask.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>So long a key that its owner took away may still be believed.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ExpiringStore<Answer> _answers = new(realm.Clock, capacity: 1_000);
    private readonly Lock _lock = new();

    public static bool AreFetched(Client client) => client.Is("use.jwks.url");

    public static bool IsAddress(string? address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0;

    public async Task<IReadOnlyList<PublicJwk>> FindAsync(Client client, string? keyId)
    {
        if (!AreFetched(client))
        {
            return Parse(client.Attribute("jwks.string")) ?? [];
        }

        return IsAddress(client.Attribute("jwks.url")) && await Ask(client, new Uri(client.Attribute("jwks.url")!), keyId).Keys is { } set ? set.Keys : [];
    }

    public void Prune() => _answers.Prune();

    /// <summary>The answer at hand when it will do; else a new one, which all callers of this moment share.</summary>
    private Answer Ask(Client client, Uri address, string? keyId)
    {
        var key = $"{client.ClientId}\n{address}";
        lock (_lock)
        {
            var now = realm.Clock.GetUtcNow();
            var known = _answers.Find(key);
            if (known is not null && (now < known.Asked + Pause || WillDo(known, keyId, now)))
            {
                return known;
            }

            var answer = new Answer(now, FetchAsync(client, address, known, now));
            _answers.Set(key, answer, Lifetime);
            return answer;
        }
    }

    private static bool WillDo(Answer known, string? keyId, DateTimeOffset now)
        => !known.Keys.IsCompleted || (known.Keys.Result is { } set && now < set.Fetched + Lifetime && (keyId is null || set.Keys.Any(key => key.KeyId == keyId)));

    /// <summary>When the host is silent the keys before still count, but not beyond their time.</summary>
    private async Task<KeySet?> FetchAsync(Client client, Uri address, Answer? before, DateTimeOffset now)
    {
        var named = NamedHosts(client, address);
        var secure = address.Scheme == Uri.UriSchemeHttps || named.Contains(address.Host, StringComparer.OrdinalIgnoreCase);
        var bytes = secure ? await fetcher.FetchAsync(address, named, CancellationToken.None, LongestSet) : null;
        if (bytes is not null && Parse(Encoding.UTF8.GetString(bytes)) is { } keys)
        {
            return new KeySet(keys, now);
        }

        return before is not null && await before.Keys is { } old && now < old.Fetched + Lifetime ? old : null;
    }

    /// <summary>Hosts that may be inside, and may speak http: those that the realm file names.</summary>
    private IReadOnlyList<string> NamedHosts(Client client, Uri address)
        => client.Registered ? [.. realm.Model.Registration.TrustedHosts ?? [], .. realm.Model.Cimd?.PermittedDomains ?? []] : [address.Host];

    private static IReadOnlyList<PublicJwk>? Parse(string? json)
    {
        try
        {
            return json is not null && JsonElement.Parse(json) is { ValueKind: JsonValueKind.Object } set && set.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
                ? [.. keys.EnumerateArray().Where(key => key.ValueKind == JsonValueKind.Object).Select(key => new PublicJwk(key))]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record KeySet(IReadOnlyList<PublicJwk> Keys, DateTimeOffset Fetched);

    private sealed record Answer(DateTimeOffset Asked, Task<KeySet?> Keys);
}
