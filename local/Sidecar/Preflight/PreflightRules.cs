using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Secrets;

namespace McpAspire.Sidecar.Preflight;

/// <summary>What loads without an error and is wrong all the same.</summary>
internal static class PreflightRules
{
    private const string OAuth2 = "middleware.http.oauth2";
    private const string Bearer = "middleware.http.bearer";

    private static readonly string[] _secretNames = ["clientSecret", "password", "token", "apiKey", "connectionString"];

    public static IEnumerable<Finding> ForBoth(ResourceSet resources)
    {
        foreach (var component in resources.Components)
        {
            foreach (var value in component.Metadata.Where(value => value.Value is { Length: > 0 } && _secretNames.Contains(value.Name, StringComparer.OrdinalIgnoreCase)))
            {
                yield return new Finding(Severity.Warning, "plain-text-secret", value.Position, $"'{value.Name}' of '{component.Name}' stands in the file in plain text.", "Use secretKeyRef with a secret store, or envRef.");
            }
        }
    }

    /// <summary>What daprd accepts and then does not do, or does for everybody.</summary>
    public static IEnumerable<Finding> ForDaprd(ResourceSet resources, IReadOnlyList<string> configPaths)
    {
        var configuration = resources.Configuration;
        var at = new Position(configPaths.Count > 0 ? configPaths[^1] : "(no --config)", 1);
        return Secrets(resources, configuration, at)
            .Concat(HotReload(configuration, at))
            .Concat(Logins(resources, configuration))
            .Concat(Endpoints(resources, configuration, at))
            .Concat(Components(resources))
            .Concat(resources.Resiliency.Where(document => !document.IsFirstInFile).Select(document => new Finding(
                Severity.Error, "resiliency-second-document", document.Position, "daprd reads a Resiliency only as the first document of its file.", "Give it a file of its own.")));
    }

    private static IEnumerable<Finding> Secrets(ResourceSet resources, ConfigurationResource configuration, Position at)
    {
        if (!configuration.Api.Serves("secrets") && configuration.Api.IsRestricted)
        {
            yield break;
        }

        foreach (var store in resources.Components.Where(component => SecretStoreFactory.Knows(component.Type)))
        {
            if (!configuration.SecretScopes.TryGetValue(store.Name, out var scope) || scope.AllowByDefault)
            {
                yield return new Finding(Severity.Error, "secrets-api-open", store.Position, $"daprd answers every secret of '{store.Name}' on its open HTTP API.", $"In {at.File}: spec.secrets.scopes with storeName '{store.Name}' and defaultAccess deny, and spec.api.allowed without secrets.");
            }
        }
    }

    private static IEnumerable<Finding> HotReload(ConfigurationResource configuration, Position at)
    {
        if (configuration.HotReload != false && configuration.HttpPipeline.Count + configuration.AppHttpPipeline.Count > 0)
        {
            yield return new Finding(Severity.Error, "hot-reload-on", at, "daprd reloads by default, and a file saved with an error takes its handler out of the running pipeline: calls pass without it.", "spec.features: [{ name: HotReload, enabled: false }]");
        }
    }

    private static IEnumerable<Finding> Logins(ResourceSet resources, ConfigurationResource configuration)
    {
        foreach (var handler in configuration.AppHttpPipeline.Where(handler => handler.Type == OAuth2))
        {
            yield return new Finding(Severity.Error, "login-in-app-pipeline", handler.Position, $"With '{handler.Name}' in appHttpPipeline daprd sends the browser to the app's own port after a login, past the sidecar.", "Put it into httpPipeline, and a bearer into appHttpPipeline.");
        }

        var isGuarded = configuration.AppHttpPipeline.Any(handler => handler.Type == Bearer);
        foreach (var handler in configuration.HttpPipeline.Where(handler => handler.Type == OAuth2))
        {
            var filter = resources.Components.FirstOrDefault(component => component.Name == handler.Name)?.Metadata.FirstOrDefault(value => value.Name.Equals("pathFilter", StringComparison.OrdinalIgnoreCase));
            if (filter?.Value is { Length: > 0 } pattern && !isGuarded && IsSlippery(pattern))
            {
                yield return new Finding(Severity.Warning, "path-filter-slips", filter.Position, $"daprd matches '{pattern}' against the path as written: //x and /y/../x are not matched and still reach the app.", "Validate every call behind it: a bearer in appHttpPipeline, or in the sidecar that the calls go to.");
            }
        }
    }

    /// <summary>Anchored at the front: a path that is written otherwise and means the same is not found.</summary>
    private static bool IsSlippery(string pattern) => pattern.StartsWith('^');

    private static IEnumerable<Finding> Endpoints(ResourceSet resources, ConfigurationResource configuration, Position at)
    {
        foreach (var endpoint in resources.HttpEndpoints)
        {
            if (!endpoint.Headers.Any(header => header.Name.Equals("Accept", StringComparison.OrdinalIgnoreCase)))
            {
                yield return new Finding(Severity.Warning, "endpoint-without-accept", endpoint.Position, $"A caller of '{endpoint.Name}' that accepts text/event-stream only takes a path of daprd on which answers can reach another caller.", "spec.headers: [{ name: Accept, value: \"application/json, text/event-stream\" }]");
            }

            if (configuration.AppHttpPipeline.Count > 0)
            {
                yield return new Finding(Severity.Warning, "shared-app-pipeline", endpoint.Position, $"appHttpPipeline of {at.File} runs on calls to the HTTPEndpoint '{endpoint.Name}' as well, not only on those to the app.", "Give the sidecar of the app and the one that calls out a Configuration each.");
            }
        }
    }

    private static IEnumerable<Finding> Components(ResourceSet resources)
    {
        foreach (var component in resources.Components.Where(component => component.IgnoresErrors && HandlerFactory.IsMiddleware(component.Type)))
        {
            yield return new Finding(Severity.Error, "ignore-errors", component.Position, $"With ignoreErrors daprd runs without '{component.Name}' when it cannot be made.", "Take spec.ignoreErrors away.");
        }
    }
}
