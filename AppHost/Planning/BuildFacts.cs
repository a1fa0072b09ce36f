using System.Reflection;

namespace McpAspire.AppHost;

/// <summary>What the build wrote into this assembly.</summary>
internal static class BuildFacts
{
    /// <summary>True when the AppHost was built with <c>HostingEngine=aspire</c>.</summary>
    public static bool OnAspire { get; } = Read("HostingEngine") == "aspire";

    /// <summary>Where the embedded sidecar was built to.</summary>
    public static string SidecarFolder { get; } = Read("SidecarFolder");

    /// <summary>Where its native build is, when there is one.</summary>
    public static string SidecarPublishFolder { get; } = Read("SidecarPublishFolder");

    /// <summary>What a build of it is made of.</summary>
    public static string[] SidecarInputs { get; } = Read("SidecarInputs").Split(';');

    private static string Read(string key)
        => typeof(BuildFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(fact => fact.Key == key).Value!;
}
