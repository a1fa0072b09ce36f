namespace McpAspire.IdentityProvider.Device;

/// <summary>A device that waits for its person.</summary>
internal sealed class DeviceGrant
{
    private readonly Lock _lock = new();
    private DateTimeOffset _lastPoll = DateTimeOffset.MinValue;

    public required string DeviceCode { get; init; }

    /// <summary>What the person types, without the dash.</summary>
    public required string UserCode { get; init; }

    public required string ClientId { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public string? Scope { get; init; }

    public string? Nonce { get; init; }

    public string? CodeChallenge { get; init; }

    public string? CodeChallengeMethod { get; init; }

    public string? Resource { get; init; }

    public bool IsDenied { get; private set; }

    /// <summary>The session in which the person said yes.</summary>
    public string? SessionId { get; private set; }

    public bool IsOpen => !IsDenied && SessionId is null;

    public string ShownUserCode => $"{UserCode[..4]}-{UserCode[4..]}";

    public void Approve(string sessionId) => SessionId = sessionId;

    public void Deny() => IsDenied = true;

    /// <summary>Notes a poll; false when it came sooner than the interval allows.</summary>
    public bool Poll(DateTimeOffset now, TimeSpan interval)
    {
        lock (_lock)
        {
            var inTime = now - _lastPoll >= interval;
            _lastPoll = now;
            return inTime;
        }
    }
}
