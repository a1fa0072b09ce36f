using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Resolution;

/// <summary>This sidecar can be found for as long as this lives.</summary>
internal sealed partial class Registration(RegistrationFolder folder) : IDisposable
{
    public static Registration Of(RegistrationFolder folder, SidecarRegistration self, ILogger logger)
    {
        try
        {
            folder.Register(self);
            Log.Announced(logger, self.AppId, self.Port);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotAnnounced(logger, exception.Message);
        }

        return new Registration(folder);
    }

    public void Dispose() => folder.Unregister();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "local service entry announced: {AppId} -> 127.0.0.1:{Port}")]
        public static partial void Announced(ILogger logger, string appId, int port);

        [LoggerMessage(2, LogLevel.Warning, "Other sidecars cannot call this app by its id: the folder of sidecars is not usable ({Reason}).")]
        public static partial void NotAnnounced(ILogger logger, string reason);
    }
}
