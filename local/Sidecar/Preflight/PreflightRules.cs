using System.Text.RegularExpressions;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components.Pluggable;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.State;

namespace McpAspire.Sidecar.Preflight;

/// <summary>What loads without an error and is wrong all the same.</summary>
internal static partial class PreflightRules
{
    private const string OAuth2 = "middleware.http.oauth2";
    private const string Bearer = "middleware.http.bearer";

    private static readonly string[] _secretNames = ["clientSecret", "password", "token", "apiKey", "connectionString"];
    private static readonly string[] _secretHeaders = ["Authorization", "Proxy-Authorization", "Cookie", "Api-Key", "X-Api-Key", "X-Auth-Token"];
    private static readonly string[] _secretVariables = ["KEY", "TOKEN", "SECRET", "PASSWORD"];

    public static IEnumerable<Finding> ForBoth(ResourceSet resources, ComponentSockets sockets, SidecarOptions options)
    {
        foreach (var component in resources.Components)
        {
            foreach (var value in component.Metadata.Where(value => value.Value is { Length: > 0 } && _secretNames.Contains(value.Name, StringComparer.OrdinalIgnoreCase)))
            {
                yield return new Finding(Rules.PlainTextSecret, value.Position, $"'{value.Name}' of '{component.Name}' stands in the file in plain text.");
            }

            foreach (var value in component.Metadata.Where(value => value.Value is { Length: > 0 } && IsKeySet(component, value) && JwksKeys.HasSecrets(value.Value)))
            {
                yield return new Finding(Rules.PlainTextSecret, value.Position, $"'{value.Name}' of '{component.Name}' holds private or symmetric keys, and stands in the file in plain text.");
            }
        }

        foreach (var component in resources.NotServed(sockets))
        {
            yield return new Finding(Rules.BlockNotServed, component.Position, BuildingBlocks.NotServed(component));
        }

        foreach (var (position, message) in resources.Configuration.Tracing.NotExported)
        {
            yield return new Finding(Rules.TracingNotExported, position, message);
        }

        foreach (var (position, message) in resources.HttpEndpoints.SelectMany(HttpEndpointHeaders.NotSent))
        {
            yield return new Finding(Rules.NoEffect, position, message);
        }

        foreach (var finding in resources.HttpEndpoints.SelectMany(endpoint => PlainText(endpoint.Headers, endpoint.Name, IsSecretHeader)).Concat(McpServers(resources)).Concat(FilterForms(resources)))
        {
            yield return finding;
        }

        foreach (var endpoint in resources.HttpEndpoints.Where(endpoint => !options.AnyAppId && endpoint.Name == options.AppId))
        {
            yield return new Finding(Rules.EndpointShadowsApp, endpoint.Position, $"The HTTPEndpoint '{endpoint.Name}' has the app's own id: calls to the app go to {endpoint.BaseUrl.Authority}.");
        }
    }

    private static IEnumerable<Finding> McpServers(ResourceSet resources)
    {
        var hasState = resources.Components.Any(StateStoreSettings.IsForActors);
        foreach (var server in resources.McpServers)
        {
            foreach (var finding in PlainText(server.Values, server.Name, server.Url is null ? IsSecretVariable : IsSecretHeader))
            {
                yield return finding;
            }

            if (!hasState)
            {
                yield return new Finding(Rules.McpServerWithoutState, server.Position, $"No state store says actorStateStore: the tools of the MCPServer '{server.Name}' cannot be called.");
            }

            if (server.OAuth2 is { } oauth2 && (IsInClear(oauth2.TokenUrl) || IsInClear(server.Url!)))
            {
                yield return new Finding(Rules.TokenWithoutTls, server.Position, $"The {(IsInClear(oauth2.TokenUrl) ? "client's secret" : "token")} of the MCPServer '{server.Name}' goes to {(IsInClear(oauth2.TokenUrl) ? oauth2.TokenUrl : server.Url!).Authority} without TLS.");
            }
        }
    }

    private static IEnumerable<Finding> PlainText(IEnumerable<MetadataValue> values, string owner, Func<string, bool> isSecret)
        => values.Where(value => value.Value is { Length: > 0 } && isSecret(value.Name)).Select(value => new Finding(Rules.PlainTextSecret, value.Position, $"'{value.Name}' of '{owner}' stands in the file in plain text."));

    private static bool IsSecretHeader(string name) => _secretHeaders.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool IsSecretVariable(string name) => Array.Exists(_secretVariables, part => name.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static bool IsInClear(Uri url) => url.Scheme == "http" && !url.IsLoopback;

    private static bool IsKeySet(ComponentResource component, MetadataValue value)
        => component.Type.Equals(JwksKeys.Type, StringComparison.OrdinalIgnoreCase) && value.Name.Equals(JwksKeys.SetKey, StringComparison.OrdinalIgnoreCase);

    /// <summary>What daprd accepts and then does not do, or does for everybody.</summary>
    public static IEnumerable<Finding> ForDaprd(ResourceSet resources, IReadOnlyList<string> configPaths)
    {
        var configuration = resources.Configuration;
        var at = new Position(configPaths.Count > 0 ? configPaths[^1] : "(no --config)", 1);
        return Secrets(resources, configuration, at)
            .Concat(HotReload(configuration, at))
            .Concat(Logins(resources, configuration))
            .Concat(Endpoints(resources, configuration, at))
            .Concat(resources.Components
                .Where(component => component.IgnoresErrors && HandlerFactory.IsMiddleware(component.Type))
                .Select(component => new Finding(Rules.IgnoreErrors, component.Position, $"With ignoreErrors daprd runs without '{component.Name}' when it cannot be made.")))
            .Concat(resources.Resiliency
                .Where(document => !document.IsFirstInFile)
                .Select(document => new Finding(Rules.ResiliencySecondDocument, document.Position, Rules.ResiliencySecondDocument.Meaning)));
    }

    private static IEnumerable<Finding> Secrets(ResourceSet resources, ConfigurationResource configuration, Position at)
    {
        string[] open = [.. new[] { "http", "grpc" }.Where(protocol => configuration.Api.IsOpenInDaprd("secrets", protocol))];
        if (open.Length == 0)
        {
            yield break;
        }

        foreach (var store in resources.Components.Where(component => component.Type.StartsWith("secretstores.", StringComparison.Ordinal)))
        {
            if (!configuration.SecretScopes.TryGetValue(store.Name, out var scope) || scope.AllowByDefault)
            {
                yield return new Finding(Rules.SecretsApiOpen, store.Position, $"daprd answers every secret of '{store.Name}' on its open API ({string.Join(" and ", open)}; a rule of spec.api without a protocol closes none).", $"In {at.File}: spec.secrets.scopes with storeName '{store.Name}' and defaultAccess deny, and rules of spec.api for both protocols.");
            }
        }
    }

    private static IEnumerable<Finding> HotReload(ConfigurationResource configuration, Position at)
    {
        if (configuration.HotReload != false && configuration.HttpPipeline.Count + configuration.AppHttpPipeline.Count > 0)
        {
            yield return new Finding(Rules.HotReloadOn, at, Rules.HotReloadOn.Meaning);
        }
    }

    private static IEnumerable<Finding> Logins(ResourceSet resources, ConfigurationResource configuration)
    {
        foreach (var handler in configuration.AppHttpPipeline.Where(handler => handler.Type == OAuth2))
        {
            yield return new Finding(Rules.LoginInAppPipeline, handler.Position, $"With '{handler.Name}' in appHttpPipeline daprd sends the browser to the app's own port after a login, past the sidecar.");
        }

        foreach (var (filter, pattern) in LoginFilters(resources).Where(filter => !MatchesEverySpelling().IsMatch(filter.Pattern is ['(', .. var inner, ')'] ? inner : filter.Pattern)))
        {
            yield return new Finding(Rules.PathFilterSlips, filter.Position, $"daprd matches '{pattern}' against the path as written: //x and /y/../x are not matched and still reach the app.");
        }
    }

    private static IEnumerable<Finding> FilterForms(ResourceSet resources)
    {
        foreach (var (filter, pattern) in LoginFilters(resources))
        {
            if (CallForms.Gap(pattern, id => resources.HttpEndpoints.Any(endpoint => endpoint.Name == id)) is { } gap)
            {
                yield return new Finding(Rules.PathFilterForms, filter.Position, $"'{pattern}' covers {gap.Covered} and not {gap.Missed}, which can be the same call.");
            }
        }
    }

    /// <summary>Those of logins in httpPipeline that no bearer stands behind in appHttpPipeline.</summary>
    private static IEnumerable<(MetadataValue Value, string Pattern)> LoginFilters(ResourceSet resources)
    {
        var configuration = resources.Configuration;
        if (configuration.AppHttpPipeline.Any(handler => handler.Type == Bearer))
        {
            yield break;
        }

        foreach (var handler in configuration.HttpPipeline.Where(handler => handler.Type == OAuth2))
        {
            var filter = resources.Components.FirstOrDefault(component => component.Name == handler.Name)?.Metadata.FirstOrDefault(value => value.Name.Equals("pathFilter", StringComparison.OrdinalIgnoreCase));
            if (filter?.Value is { Length: > 0 } pattern)
            {
                yield return (filter, pattern);
            }
        }
    }

    /// <summary>Everything, or one segment wherever it stands: a slash in between, or an anchor, can be written otherwise.</summary>
    [GeneratedRegex(@"^(\^?/?(\.\*)?\$?|(\^?\.\*)?/?[\w-]+(\.\*)?)$", RegexOptions.CultureInvariant)]
    private static partial Regex MatchesEverySpelling();

    private static IEnumerable<Finding> Endpoints(ResourceSet resources, ConfigurationResource configuration, Position at)
    {
        foreach (var endpoint in resources.HttpEndpoints)
        {
            if (!endpoint.Headers.Any(IsMixedAccept))
            {
                yield return new Finding(Rules.EndpointWithoutAccept, endpoint.Position, $"A caller of '{endpoint.Name}' that accepts text/event-stream only takes a path of daprd on which answers can reach another caller.");
            }

            if (configuration.AppHttpPipeline.Count > 0)
            {
                yield return new Finding(Rules.SharedAppPipeline, endpoint.Position, $"appHttpPipeline of {at.File} runs on calls to the HTTPEndpoint '{endpoint.Name}' as well, not only on those to the app.");
            }
        }
    }

    /// <summary>An Accept header of exactly <c>text/event-stream</c> is what leads there.</summary>
    private static bool IsMixedAccept(MetadataValue header)
        => header.Name.Equals("Accept", StringComparison.OrdinalIgnoreCase) && header.Value?.Trim().Equals("text/event-stream", StringComparison.OrdinalIgnoreCase) != true;
}
