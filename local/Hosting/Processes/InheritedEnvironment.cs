namespace Aspire.Hosting.Processes;

/// <summary>What a process does not inherit: what was meant for the AppHost alone, such as its addresses and the values of parameters.</summary>
internal static class InheritedEnvironment
{
    private static readonly string[] Names =
    [
        "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "DOTNET_URLS",
        "DOTNET_LAUNCH_PROFILE", "LAUNCH_PROFILE", "HostingEngine",
    ];

    private static readonly string[] Prefixes = ["ASPIRE_", "Parameters__", "AppHost__", "DcpPublisher__", "Dashboard__", "OTEL_"];

    public static void Clean(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(IsAppHosts).ToList())
        {
            environment.Remove(name);
        }
    }

    private static bool IsAppHosts(string name)
        => Names.Contains(name, StringComparer.OrdinalIgnoreCase)
            || Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
