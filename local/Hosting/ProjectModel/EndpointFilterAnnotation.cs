using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ProjectModel;

internal sealed record EndpointFilterAnnotation(Func<EndpointAnnotation, bool> Filter) : IResourceAnnotation;
