using System.Globalization;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.PubSub;

/// <summary>The metadata of a message or subscription that Dapr itself looks at.</summary>
internal static class MessageMetadata
{
    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>Go's words when the value is no boolean; null when it is one, or is not there.</summary>
    public static string? RawPayloadComplaint(IReadOnlyDictionary<string, string> metadata, out bool isRaw)
    {
        isRaw = false;
        if (metadata.GetValueOrDefault("rawPayload") is not { Length: > 0 } text)
        {
            return null;
        }

        if (GoBoolean.Parse(text) is not { } value)
        {
            return $"rawPayload value must be a valid boolean: actual is '{text}'";
        }

        isRaw = value;
        return null;
    }

    /// <summary>How long a message is good for (<c>ttlInSeconds</c>: seconds, or a duration); what cannot be read is no limit, as in Dapr.</summary>
    public static TimeSpan? Ttl(IReadOnlyDictionary<string, string> metadata)
    {
        var text = Value(metadata, "ttl") ?? Value(metadata, "ttlInSeconds");
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 200L * 365 * 86400)) : null;
        }

        return GoDuration.TryParse(text, out var duration) ? duration : null;
    }

    /// <summary>A key in any case.</summary>
    public static string? Value(IReadOnlyDictionary<string, string> metadata, string key)
    {
        if (metadata.TryGetValue(key, out var exact))
        {
            return exact;
        }

        foreach (var (name, value) in metadata)
        {
            if (name.Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
