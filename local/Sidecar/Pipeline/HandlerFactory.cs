using McpAspire.Sidecar.Middleware.Bearer;
using McpAspire.Sidecar.Middleware.ClientCredentials;
using McpAspire.Sidecar.Middleware.OAuth2;
using McpAspire.Sidecar.Middleware.RateLimit;
using McpAspire.Sidecar.Middleware.RouterAlias;
using McpAspire.Sidecar.Middleware.RouterChecker;
using McpAspire.Sidecar.Middleware.Uppercase;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Pipeline;

/// <summary>Makes the handler that a middleware component describes.</summary>
internal sealed class HandlerFactory(HttpMessageInvoker backchannel, SessionStores sessions, TimeProvider time, ILoggerFactory loggers)
{
    private const string Prefix = "middleware.http.";

    private static readonly string[] _notEmbedded = ["opa", "sentinel", "wasm"];

    private static readonly string[] _known =
    [
        .. new[] { "oauth2", "oauth2clientcredentials", "bearer", "ratelimit", "routerchecker", "routeralias", "uppercase" }.Select(name => Prefix + name),
    ];

    private static readonly string[] _transforming = [Prefix + "routeralias", Prefix + "uppercase"];

    public static bool IsMiddleware(string type) => type.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether an app is less protected without this middleware. What is not known may be a protection, mistyped.</summary>
    public static bool Protects(string type) => IsMiddleware(type) && !_transforming.Contains(type);

    public IPipelineHandler Create(ComponentSettings settings, ICollection<string> warnings)
    {
        var component = settings.Component;
        if (component.Version != "v1")
        {
            throw new ResourceException(component.Position, $"The component '{component.Name}' ({component.Type}) has version '{component.Version}'; allowed is v1.") { Rule = ProblemRules.ComponentVersion };
        }

        return component.Type[Prefix.Length..] switch
        {
            "oauth2" => OAuth2Handler.Create(settings, backchannel, sessions, time, loggers, warnings),
            "oauth2clientcredentials" => ClientCredentialsHandler.Create(settings, backchannel, time, loggers, warnings),
            "ratelimit" => RateLimitHandler.Create(settings, time, warnings),
            "routerchecker" => RouterCheckerHandler.Create(settings, warnings),
            "routeralias" => RouterAliasHandler.Create(settings, warnings),
            "uppercase" => UppercaseHandler.Create(settings, warnings),
            "bearer" => BearerHandler.Create(settings, backchannel, time, loggers, warnings),
            var name when _notEmbedded.Contains(name) => throw new ResourceException(component.Position, $"The middleware '{component.Type}' of the component '{component.Name}' is not part of this sidecar; use daprd for it.") { Rule = ProblemRules.NotEmbedded },
            _ => throw UnknownType(component),
        };
    }

    private static ResourceException UnknownType(ComponentResource component)
        => new(component.Position, $"The type '{component.Type}' of the component '{component.Name}' is not known{CommandLine.NearestName.Hint(component.Type, _known)}.") { Rule = ProblemRules.TypeUnknown };

}
