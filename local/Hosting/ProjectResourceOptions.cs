namespace Aspire.Hosting;

/// <summary>Options of a project.</summary>
public class ProjectResourceOptions
{
    /// <summary>The launch profile to use.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>No launch profile is used.</summary>
    public bool ExcludeLaunchProfile { get; set; }

    /// <summary>Endpoints that the project configures for Kestrel are not used. The local engine never uses them.</summary>
    public bool ExcludeKestrelEndpoints { get; set; }
}
