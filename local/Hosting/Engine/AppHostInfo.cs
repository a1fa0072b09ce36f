using System.Reflection;

namespace Aspire.Hosting.Engine;

/// <summary>The AppHost project: the build writes its folder into the assembly.</summary>
internal sealed record AppHostInfo(Assembly? Assembly, string Name, string Directory)
{
    private const string ProjectPathKey = "apphostprojectpath";

    public static AppHostInfo Of(DistributedApplicationOptions options)
    {
        var assembly = options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
        var built = assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == ProjectPathKey)?.Value;
        var directory = options.ProjectDirectory
            ?? (built is not null && System.IO.Directory.Exists(built) ? built : System.IO.Directory.GetCurrentDirectory());
        return new AppHostInfo(assembly, assembly?.GetName().Name ?? "AppHost", Path.GetFullPath(directory));
    }
}
