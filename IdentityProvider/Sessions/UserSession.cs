using System.Collections.Concurrent;

namespace McpAspire.IdentityProvider.Sessions;

/// <summary>A signed-in browser (or, offline, what a person left running), with one client session per client.</summary>
internal sealed class UserSession
{
    private long _lastActive;

    public required string Id { get; init; }

    public required string UserId { get; init; }

    public required bool Offline { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required DateTimeOffset AuthTime { get; set; }

    public DateTimeOffset LastActive
    {
        get => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref _lastActive));
        set => Volatile.Write(ref _lastActive, value.ToUnixTimeMilliseconds());
    }

    public ConcurrentDictionary<string, ClientSession> Clients { get; } = new();
}
