namespace Aspire.Hosting;

/// <summary>Options of an application.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>The assembly of the AppHost, by name.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>The folder of the AppHost project.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>The name shown in the dashboard.</summary>
    public string? DashboardApplicationName { get; set; }

    /// <summary>No dashboard is started.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>The dashboard may be reached without TLS. The local engine serves loopback only, without TLS.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>The logs of resources are written to the AppHost's log too.</summary>
    public bool EnableResourceLogging { get; set; }
}
