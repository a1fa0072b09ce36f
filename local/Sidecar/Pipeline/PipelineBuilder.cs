using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Pipeline;

/// <summary>Composes the handlers that a Configuration names: once, when resources are loaded, not per request.</summary>
internal static class PipelineBuilder
{
    public static SidecarDelegate Build(
        IReadOnlyList<HandlerReference> references,
        IReadOnlyDictionary<string, IPipelineHandler> handlers,
        PipelineStage stage,
        SidecarDelegate end)
    {
        var next = end;
        foreach (var reference in references.Reverse())
        {
            var handler = handlers[reference.Name];
            var inner = next;
            next = request =>
            {
                request.Stage = stage;
                return handler.InvokeAsync(request, inner);
            };
        }

        return next;
    }

    /// <summary>Refuses what daprd runs without a word: a handler that is not there, and a middleware that no pipeline uses.</summary>
    public static void Check(ResourceSet resources, string appId)
    {
        CheckDefined(resources.Configuration.HttpPipeline, resources, appId);
        CheckDefined(resources.Configuration.AppHttpPipeline, resources, appId);
        var used = resources.Configuration.HttpPipeline.Concat(resources.Configuration.AppHttpPipeline).Select(reference => reference.Name).ToHashSet(StringComparer.Ordinal);
        if (resources.Components.FirstOrDefault(component => HandlerFactory.IsMiddleware(component.Type) && !used.Contains(component.Name)) is { } unused)
        {
            throw new ResourceException(unused.Position, $"The component '{unused.Name}' ({unused.Type}) is in no pipeline and protects nothing; name it in httpPipeline or appHttpPipeline of a --config, or take it away.");
        }
    }

    private static void CheckDefined(IReadOnlyList<HandlerReference> references, ResourceSet resources, string appId)
    {
        foreach (var reference in references)
        {
            if (resources.Components.FirstOrDefault(component => component.Name == reference.Name) is { } component)
            {
                CheckMatches(reference, component);
            }
            else if (resources.OutOfScope.FirstOrDefault(component => component.Name == reference.Name) is { } hidden)
            {
                throw new ResourceException(reference.Position, $"The handler '{reference.Name}' is defined at {hidden.Position}, but its scopes do not include the app id '{appId}'.");
            }
            else
            {
                var known = resources.Components.Where(component => HandlerFactory.IsMiddleware(component.Type)).Select(component => component.Name);
                throw new ResourceException(reference.Position, $"The handler '{reference.Name}' is not defined: no component of that name is in the resources{CommandLine.NearestName.Hint(reference.Name, known)}.");
            }
        }
    }

    private static void CheckMatches(HandlerReference reference, ComponentResource component)
    {
        if (component.Type != reference.Type)
        {
            throw new ResourceException(reference.Position, $"The handler '{reference.Name}' has type '{reference.Type}', but the component at {component.Position} has type '{component.Type}'.");
        }

        if ((reference.Version ?? "v1") != component.Version)
        {
            throw new ResourceException(reference.Position, $"The handler '{reference.Name}' has version '{reference.Version ?? "v1"}', but the component at {component.Position} has version '{component.Version}'.");
        }
    }
}
