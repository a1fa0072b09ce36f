namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>With <c>LONG=1</c> a test takes the time, or the number of rounds, that a short run does not have.</summary>
internal static class LongRun
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("LONG") == "1";

    public static T Or<T>(T whenLong, T otherwise) => IsOn ? whenLong : otherwise;
}
