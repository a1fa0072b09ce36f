using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ProjectModel;

/// <summary>Arguments from the launch profile; those that the model gives come in their place.</summary>
internal sealed record LaunchProfileArguments(IReadOnlyList<string> Arguments) : IResourceAnnotation;
