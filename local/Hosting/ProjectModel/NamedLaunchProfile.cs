namespace Aspire.Hosting.ProjectModel;

internal sealed record NamedLaunchProfile(string Name, LaunchProfile Profile);
