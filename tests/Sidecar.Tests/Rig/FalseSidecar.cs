using System.Diagnostics;
using McpAspire.Sidecar.Resolution;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>A sidecar of an app as far as the folder of sidecars says: its process runs, but nobody, or somebody else, listens there.</summary>
internal static class FalseSidecar
{
    public static void Register(string folder, string appId, int port)
    {
        using var process = Process.GetCurrentProcess();
        var registrations = new RegistrationFolder(folder);
        registrations.Draft(new SidecarRegistration(Guid.NewGuid(), appId, "default", "public", port, process.Id, process.StartTime.ToUniversalTime(), new byte[32]));
        registrations.Publish();
    }
}
