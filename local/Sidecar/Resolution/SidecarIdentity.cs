using System.Diagnostics;
using System.Security.Cryptography;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Resolution;

/// <summary>Makes the registration of this process, with a fresh key.</summary>
internal static class SidecarIdentity
{
    public static SidecarRegistration Create(SidecarOptions options)
    {
        using var process = Process.GetCurrentProcess();
        return new SidecarRegistration(
            Guid.NewGuid(),
            options.AppId,
            options.Namespace,
            AccessControl.DefaultTrustDomain,
            options.InternalGrpcPort,
            process.Id,
            process.StartTime.ToUniversalTime(),
            RandomNumberGenerator.GetBytes(32));
    }
}
