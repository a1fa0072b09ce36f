using System.Security.Cryptography;
using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Device;

/// <summary>Devices by their code and by what their person types.</summary>
internal sealed class DeviceStore(RealmSettings settings, TimeProvider clock)
{
    // Consonants only: no words, nothing that looks like a digit.
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";

    // So long a device is told that its code is expired, and not that there never was one.
    private static readonly TimeSpan MemoryOfExpired = TimeSpan.FromMinutes(10);

    private readonly ExpiringStore<DeviceGrant> _byDevice = new(clock);
    private readonly ExpiringStore<DeviceGrant> _byUser = new(clock);

    public DeviceGrant Add(AuthorizationRequest request)
    {
        var lifetime = TimeSpan.FromSeconds(settings.DeviceCodeLifespan);
        DeviceGrant grant;
        do
        {
            grant = new DeviceGrant
            {
                DeviceCode = RandomId.Base64Url(32),
                UserCode = RandomNumberGenerator.GetString(Letters, 8),
                ClientId = request.ClientId,
                Expires = clock.GetUtcNow() + lifetime,
                Scope = request.Scope,
                Nonce = request.Nonce,
                CodeChallenge = request.CodeChallenge,
                CodeChallengeMethod = request.CodeChallengeMethod,
                Resource = request.Resource,
            };
        }
        while (!_byUser.TryAdd(grant.UserCode, grant, lifetime));

        _byDevice.Set(grant.DeviceCode, grant, lifetime + MemoryOfExpired);
        return grant;
    }

    public DeviceGrant? FindByDevice(string? deviceCode) => _byDevice.Find(deviceCode);

    /// <summary>Finds an open grant; case and dash do not matter.</summary>
    public DeviceGrant? FindByUser(string typed)
        => _byUser.Find(typed.Replace("-", "", StringComparison.Ordinal).Trim().ToUpperInvariant()) is { IsOpen: true } grant ? grant : null;

    /// <summary>Takes the grant out: only one poll gets the tokens.</summary>
    public DeviceGrant? Take(string deviceCode) => _byDevice.Take(deviceCode);

    public void Prune()
    {
        _byDevice.Prune();
        _byUser.Prune();
    }
}
