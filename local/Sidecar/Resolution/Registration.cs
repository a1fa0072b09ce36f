using System.Globalization;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Resolution;

/// <summary>This sidecar can be found from <see cref="AnnounceAsync"/> on, for as long as this lives.</summary>
internal sealed partial class Registration(RegistrationFolder folder, SidecarRegistration self, ILogger logger) : IDisposable
{
    /// <summary>Begun at once: what is written is known before the server listens, and the server takes its time for that.</summary>
    private readonly Task _drafting = Task.Run(() => folder.Draft(self));

    /// <summary>Only once the server listens: others may call from here on.</summary>
    public async Task AnnounceAsync()
    {
        try
        {
            await _drafting;
            folder.Publish();
            Log.Announced(logger, self.AppId, self.Port.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotAnnounced(logger, exception.Message);
        }
    }

    public void Dispose()
    {
        Task.WaitAny(_drafting);
        folder.Unregister();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "local service entry announced: {AppId} -> 127.0.0.1:{Port}")]
        public static partial void Announced(ILogger logger, string appId, string port);

        [LoggerMessage(2, LogLevel.Warning, "Other sidecars cannot call this app by its id: the folder of sidecars is not usable ({Reason}).")]
        public static partial void NotAnnounced(ILogger logger, string reason);
    }
}
