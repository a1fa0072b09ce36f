using System.Text.Json.Serialization;
using McpAspire.IdentityProvider.Sessions;

namespace McpAspire.IdentityProvider.State;

/// <summary>What a realm remembers over a restart.</summary>
internal sealed record RealmState(StoredSession[] Sessions, StoredConsent[] Consents, StoredRevocation[] Revoked);

internal sealed record StoredSession(
    string Id, string UserId, bool Offline, DateTimeOffset Started, DateTimeOffset AuthTime, DateTimeOffset LastActive, StoredClientSession[] Clients);

internal sealed record StoredClientSession(string ClientId, DateTimeOffset Started, string AuthenticationContext, Dictionary<string, RefreshUse> Uses);

internal sealed record StoredConsent(string UserId, string ClientId, string[] Scopes);

internal sealed record StoredRevocation(string TokenId, DateTimeOffset Expires);

[JsonSerializable(typeof(RealmState))]
internal sealed partial class StateJson : JsonSerializerContext;
