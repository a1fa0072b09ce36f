using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Where a project is. The build generates one class of this kind for each project that the AppHost refers to.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>The path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>The launch settings, if they are not read from the project's folder.</summary>
    LaunchSettings? LaunchSettings => null;

    /// <summary>The project is built already.</summary>
    bool SuppressBuild => false;
}
