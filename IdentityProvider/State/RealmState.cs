using System.Text.Json.Serialization;
using McpAspire.IdentityProvider.Sessions;

namespace McpAspire.IdentityProvider.State;

/// <summary>What a realm remembers over a restart.</summary>
internal sealed record RealmState(
    StoredSession[] Sessions, StoredConsent[] Consents, StoredRevocation[] Revoked, StoredClient[]? Clients = null, StoredInitialToken[]? InitialTokens = null);

internal sealed record StoredSession(
    string Id, string UserId, bool Offline, DateTimeOffset Started, DateTimeOffset AuthTime, DateTimeOffset LastActive, StoredClientSession[] Clients);

internal sealed record StoredClientSession(string ClientId, DateTimeOffset Started, string AuthenticationContext, Dictionary<string, RefreshUse> Uses);

internal sealed record StoredConsent(string UserId, string ClientId, string[] Scopes);

internal sealed record StoredRevocation(string TokenId, DateTimeOffset Expires);

/// <param name="TokenId">The registration access token that manages it now; null for a metadata document.</param>
internal sealed record StoredClient(
    string Id, string ClientId, string? Name, bool Public, string Authenticator, string? Secret, bool StandardFlow, bool ServiceAccounts, bool ConsentRequired,
    string[] RedirectUris, Dictionary<string, string> Attributes, string[] OptionalScopes, string? TokenId);

internal sealed record StoredInitialToken(string TokenId, int Left, DateTimeOffset Expires);

[JsonSerializable(typeof(RealmState))]
internal sealed partial class StateJson : JsonSerializerContext;
