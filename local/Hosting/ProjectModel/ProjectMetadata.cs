namespace Aspire.Hosting.ProjectModel;

internal sealed record ProjectMetadata(string ProjectPath) : IProjectMetadata;
