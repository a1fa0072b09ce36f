using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpAspire.Sidecar.Resolution;

/// <summary>
/// How a running sidecar is found: its app, its port for other sidecars, the process that owns both, and the key that
/// proves it is that one. It stands in a file that only its user can read.
/// </summary>
internal sealed record SidecarRegistration(Guid Instance, string AppId, string Namespace, string TrustDomain, int Port, int ProcessId, DateTimeOffset ProcessStart, byte[] Key)
{
    /// <summary>A start time is computed from the age of the process: two readers differ by a little.</summary>
    private static readonly TimeSpan _tolerance = TimeSpan.FromSeconds(2);

    /// <summary>Never its key.</summary>
    public override string ToString() => $"{AppId}.{Namespace} ({Instance})";

    /// <summary>The process that wrote it still runs; another one that got its number does not count.</summary>
    [JsonIgnore]
    public bool IsAlive
    {
        get
        {
            try
            {
                using var process = Process.GetProcessById(ProcessId);
                return !process.HasExited && (process.StartTime.ToUniversalTime() - ProcessStart.UtcDateTime).Duration() < _tolerance;
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RegistrationJson.Default.SidecarRegistration);

    /// <summary>Null: not a registration.</summary>
    public static SidecarRegistration? Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RegistrationJson.Default.SidecarRegistration) is { Key.Length: 32, Port: > 0, AppId: not null, Namespace: not null, TrustDomain: not null } registration ? registration : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(SidecarRegistration))]
internal sealed partial class RegistrationJson : JsonSerializerContext;
