namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>A copy of the Aspire dashboard that can be started.</summary>
/// <param name="Executable">Full path.</param>
/// <param name="Origin">Where it comes from, for the line that says what is used.</param>
internal sealed record DashboardBundle(string Executable, string Origin)
{
    private const string Managed = "aspire-managed";

    public static string ManagedFileName { get; } = OperatingSystem.IsWindows() ? Managed + ".exe" : Managed;

    /// <summary>The bundle's executable has several programs in it; the dashboard of a NuGet package is one by itself.</summary>
    public IReadOnlyList<string> Arguments
        => Path.GetFileNameWithoutExtension(Executable) == Managed ? ["dashboard"] : [];
}
