using System.Text.Json;
using McpAspire.Sidecar.Hosting;

namespace McpAspire.Sidecar.Resolution;

/// <summary>
/// How a running sidecar is found: its app, its port for other sidecars, the process that owns both, and the key that
/// proves it is that one. It stands in a file that only its user can read.
/// </summary>
internal sealed record SidecarRegistration(Guid Instance, string AppId, string Namespace, string TrustDomain, int Port, int ProcessId, DateTimeOffset ProcessStart, byte[] Key)
{
    /// <summary>Never its key.</summary>
    public override string ToString() => $"{AppId}.{Namespace} ({Instance})";

    /// <summary>The process that wrote it still runs; another one that got its number does not count.</summary>
    public bool IsAlive => OtherProcess.Runs(ProcessId, ProcessStart.UtcDateTime) == true;

    /// <summary>By hand, as <see cref="Parse"/>: a serializer would be a tenth of the time until the sidecar is ready.</summary>
    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString(nameof(Instance), Instance);
            json.WriteString(nameof(AppId), AppId);
            json.WriteString(nameof(Namespace), Namespace);
            json.WriteString(nameof(TrustDomain), TrustDomain);
            json.WriteNumber(nameof(Port), Port);
            json.WriteNumber(nameof(ProcessId), ProcessId);
            json.WriteString(nameof(ProcessStart), ProcessStart);
            json.WriteBase64String(nameof(Key), Key);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Null: not a registration.</summary>
    public static SidecarRegistration? Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var registration = new SidecarRegistration(
                root.GetProperty(nameof(Instance)).GetGuid(),
                Text(root, nameof(AppId)),
                Text(root, nameof(Namespace)),
                Text(root, nameof(TrustDomain)),
                root.GetProperty(nameof(Port)).GetInt32(),
                root.GetProperty(nameof(ProcessId)).GetInt32(),
                root.GetProperty(nameof(ProcessStart)).GetDateTimeOffset(),
                root.GetProperty(nameof(Key)).GetBytesFromBase64());
            return registration is { Key.Length: 32, Port: > 0 and <= ushort.MaxValue } ? registration : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null.");
}
