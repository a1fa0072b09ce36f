using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Pipeline;

/// <summary>
/// Composes the handlers that a Configuration names: once, when resources are loaded, not per request. A handler that
/// protects has to be there; one that only transforms calls is left out when it is not, as in Dapr, with a warning.
/// </summary>
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
        var protecting = References(resources).Where(reference => Protects(reference, resources));
        if (Problems(resources, appId, protecting, HandlerFactory.Protects).FirstOrDefault() is { } problem)
        {
            throw problem;
        }
    }

    /// <summary>All that is wrong with the pipelines, of handlers that only transform as well.</summary>
    public static IEnumerable<ResourceException> Problems(ResourceSet resources, string appId)
        => Problems(resources, appId, References(resources), HandlerFactory.IsMiddleware);

    /// <summary>The handlers of a pipeline that are there.</summary>
    public static IReadOnlyList<HandlerReference> Present(IReadOnlyList<HandlerReference> references, ResourceSet resources, string appId, ICollection<string> warnings)
    {
        var present = new List<HandlerReference>();
        foreach (var reference in references)
        {
            if (Problem(reference, resources, appId) is { } problem)
            {
                warnings.Add($"{problem.Message} It is left out of the pipeline.");
                continue;
            }

            present.Add(reference);
        }

        return present;
    }

    private static IEnumerable<ResourceException> Problems(ResourceSet resources, string appId, IEnumerable<HandlerReference> references, Predicate<string> counts)
    {
        foreach (var reference in references)
        {
            if (Problem(reference, resources, appId) is { } problem)
            {
                yield return problem;
            }
        }

        var used = References(resources).Select(reference => reference.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var unused in resources.Components.Where(component => counts(component.Type) && !used.Contains(component.Name)))
        {
            yield return new ResourceException(unused.Position, $"The component '{unused.Name}' ({unused.Type}) is in no pipeline and protects nothing; name it in httpPipeline or appHttpPipeline of a --config, or take it away.") { Rule = ProblemRules.HandlerUnused };
        }
    }

    private static IEnumerable<HandlerReference> References(ResourceSet resources)
        => resources.Configuration.HttpPipeline.Concat(resources.Configuration.AppHttpPipeline);

    /// <summary>Either side of the name may say so: a typing error in the other one must not open the app.</summary>
    private static bool Protects(HandlerReference reference, ResourceSet resources)
        => HandlerFactory.Protects(reference.Type)
            || resources.Components.Concat(resources.OutOfScope).Any(component => component.Name == reference.Name && HandlerFactory.Protects(component.Type));

    private static ResourceException? Problem(HandlerReference reference, ResourceSet resources, string appId)
    {
        if (resources.Components.FirstOrDefault(component => component.Name == reference.Name) is { } component)
        {
            return Mismatch(reference, component);
        }

        if (resources.OutOfScope.FirstOrDefault(hidden => hidden.Name == reference.Name) is { } outOfScope)
        {
            return new ResourceException(reference.Position, $"The handler '{reference.Name}' is defined at {outOfScope.Position}, but {(outOfScope.IsInScopeOf(appId) ? $"it is for the namespace '{outOfScope.Namespace}'" : $"its scopes do not include the app id '{appId}'")}.") { Rule = ProblemRules.HandlerOutOfScope };
        }

        var known = resources.Components.Where(other => HandlerFactory.IsMiddleware(other.Type)).Select(other => other.Name);
        return new ResourceException(reference.Position, $"The handler '{reference.Name}' is not defined: no component of that name is in the resources{CommandLine.NearestName.Hint(reference.Name, known)}.") { Rule = ProblemRules.HandlerUndefined };
    }

    private static ResourceException? Mismatch(HandlerReference reference, ComponentResource component)
    {
        if (component.Type != reference.Type)
        {
            return new ResourceException(reference.Position, $"The handler '{reference.Name}' has type '{reference.Type}', but the component at {component.Position} has type '{component.Type}'.") { Rule = ProblemRules.HandlerMismatch };
        }

        var version = reference.Version ?? "v1";
        return version == component.Version
            ? null
            : new ResourceException(reference.Position, $"The handler '{reference.Name}' has version '{version}', but the component at {component.Position} has version '{component.Version}'.") { Rule = ProblemRules.HandlerMismatch };
    }
}
