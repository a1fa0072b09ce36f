using System.Net;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Middleware.RouterAlias;

/// <summary>
/// <c>middleware.http.routeralias</c>: gives a path another one, and its parameters to the query. Only an invocation
/// sees the new path: an alias opens no other API.
/// </summary>
internal sealed class RouterAliasHandler(IReadOnlyList<(RouteTemplate From, string To)> routes) : IPipelineHandler
{
    public static RouterAliasHandler Create(ComponentSettings settings, ICollection<string> warnings)
    {
        var routes = new List<(RouteTemplate, string)>();
        foreach (var (from, to) in Listed(settings, warnings))
        {
            try
            {
                routes.Add((RouteTemplate.Parse(from), to));
            }
            catch (FormatException exception)
            {
                throw settings.Wrong("routes", $"The route '{from}' of the component '{settings.Component.Name}' is no path template: {exception.Message}.");
            }
        }

        return new RouterAliasHandler(routes);
    }

    public Task InvokeAsync(SidecarRequest request, SidecarDelegate next)
    {
        foreach (var (from, to) in routes)
        {
            if (from.TryMatch(request.FilterPath, out var values))
            {
                Rewrite(request, to, values);
                break;
            }
        }

        return next(request);
    }

    private static void Rewrite(SidecarRequest request, string to, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        var question = to.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? to : to[..question];
        var query = string.Join('&', new[] { question < 0 ? string.Empty : to[(question + 1)..] }
            .Concat(values.Select(value => $"{WebUtility.UrlEncode(value.Key)}={WebUtility.UrlEncode(value.Value)}"))
            .Append(request.Query.TrimStart('?'))
            .Where(part => part.Length > 0));
        request.Query = query.Length == 0 ? string.Empty : "?" + query;
        if (request.Stage == PipelineStage.Http)
        {
            request.Path = path;
            request.IsAliased = true;
        }
        else
        {
            request.Method = path.TrimStart('/');
        }
    }

    /// <summary>The routes of <c>routes</c> (JSON, which is YAML, or YAML), or of the older form: one metadata entry each.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Listed(ComponentSettings settings, ICollection<string> warnings)
    {
        if (settings.Text("routes") is not { } text)
        {
            warnings.Add($"{settings.Component.Position}: listing routes as metadata entries is deprecated; use 'routes'.");
            return settings.All.Where(pair => pair.Key.StartsWith('/'));
        }

        YamlMap map;
        try
        {
            map = YamlFile.Parse(text, settings.Component.Position.File) is [var only] ? only : throw settings.Wrong("routes", $"'routes' of the component '{settings.Component.Name}' is empty.");
        }
        catch (ResourceException exception) when (exception.Message.Contains("This is not YAML", StringComparison.Ordinal))
        {
            throw settings.Wrong("routes", $"'routes' of the component '{settings.Component.Name}' is neither JSON nor YAML.");
        }

        return map.Keys.Select(key => KeyValuePair.Create(key, map.Required(key)));
    }
}
