using System.ComponentModel;

namespace Aspire.Hosting.ProjectModel;

/// <summary>Written by the build on the generated metadata of a project: the assembly that its build puts out.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[AttributeUsage(AttributeTargets.Class)]
public sealed class ProjectOutputAttribute(string targetPath) : Attribute
{
    /// <summary>The path of the assembly.</summary>
    public string TargetPath { get; } = targetPath;
}
