using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resiliency;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Secrets;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Makes a <see cref="RuntimeSnapshot"/> of resources, or says why they cannot be served.</summary>
internal sealed class RuntimeFactory(SidecarOptions options, HandlerFactory handlers, Func<string, string?> environment, TimeProvider time, ILoggerFactory loggers, RemoteSidecars? sidecars = null, SidecarMetrics? metrics = null)
{
    /// <summary>Kept over reloads, with their connections.</summary>
    private readonly HttpMessageInvoker _appClient = HttpClients.ForForwarding(options, options.AppScheme == "https" ? HttpClients.TrustAnyCertificate : null);
    private readonly HttpMessageInvoker _endpointClient = HttpClients.ForForwarding(options);

    public RuntimeSnapshot Create(ResourceSet resources, SidecarDelegate route, SidecarDelegate forward, ICollection<string> warnings)
    {
        PipelineBuilder.Check(resources, options.AppId);
        var parts = Make(resources, warnings, problem => throw problem);
        foreach (var component in resources.NotServed)
        {
            warnings.Add($"{component.Position}: {BuildingBlocks.NotServed(component)}");
        }

        return new RuntimeSnapshot
        {
            AppId = options.AppId,
            Namespace = options.Namespace,
            Configuration = resources.Configuration,
            Components = [.. resources.Served],
            Endpoints = parts.Endpoints,
            ReadAt = resources.ReadAt,
            Resiliencies = [.. resources.Policies.Sources.Select(source => source.Name)],
            SecretStores = parts.Stores,
            App = options.AppPort > 0 ? AppTarget(resources.Policies) : null,
            HttpPipeline = PipelineBuilder.Build(PipelineBuilder.Present(resources.Configuration.HttpPipeline, resources, options.AppId, warnings), parts.Handlers, PipelineStage.Http, route),
            AppPipeline = PipelineBuilder.Build(PipelineBuilder.Present(resources.Configuration.AppHttpPipeline, resources, options.AppId, warnings), parts.Handlers, PipelineStage.App, forward),
            FindSidecar = sidecars is null ? static (_, _) => null : Under(resources.Policies, sidecars),
            WarmUps = [.. parts.Handlers.Values.OfType<IWarmUp>()],
            Apis = ServedApis.Of(resources.Configuration.Api),
        };
    }

    /// <summary>Everything that keeps these resources from being served.</summary>
    public IReadOnlyList<ResourceException> Problems(ResourceSet resources, ICollection<string> warnings)
    {
        var problems = new List<ResourceException>();
        Make(resources, warnings, problems.Add);
        return problems;
    }

    private RuntimeParts Make(ResourceSet resources, ICollection<string> warnings, Action<ResourceException> onProblem)
    {
        var parts = new RuntimeParts();
        foreach (var component in resources.Components.Where(component => SecretStoreFactory.Knows(component.Type)))
        {
            Try(() => parts.Stores[component.Name] = SecretStoreFactory.Create(component, environment), Counted(component, onProblem));
        }

        var resolver = new ValueResolver(parts.Stores, options, environment);
        foreach (var component in resources.Served.Where(component => !SecretStoreFactory.Knows(component.Type)))
        {
            Try(() => parts.Handlers[component.Name] = Handler(component, resolver, warnings), Counted(component, onProblem));
        }

        foreach (var endpoint in resources.HttpEndpoints)
        {
            Try(() => parts.Endpoints[endpoint.Name] = Target(endpoint, resolver, resources.Policies), onProblem);
        }

        return parts;
    }

    private Action<ResourceException> Counted(ComponentResource component, Action<ResourceException> onProblem) => problem =>
    {
        metrics?.Runtime.Failed(component, isCreated: problem.Rule is not (ProblemRules.TypeUnknown or ProblemRules.NotEmbedded or ProblemRules.ComponentVersion));
        onProblem(problem);
    };

    private static void Try(Action make, Action<ResourceException> onProblem)
    {
        try
        {
            make();
        }
        catch (ResourceException problem)
        {
            onProblem(problem);
        }
    }

    private IPipelineHandler Handler(ComponentResource component, ValueResolver resolver, ICollection<string> warnings)
        => HandlerFactory.IsMiddleware(component.Type)
            ? handlers.Create(new MiddlewareSettings(component, resolver), warnings)
            : throw new ResourceException(component.Position, $"The type '{component.Type}' of the component '{component.Name}' is not part of this sidecar; known are middleware.http.*, {SecretStoreFactory.Environment} and {SecretStoreFactory.File}.") { Rule = BuildingBlocks.AreOurs(component.Type) ? ProblemRules.NotEmbedded : ProblemRules.TypeUnknown };

    private InvocationTarget AppTarget(PolicyCatalog policies) => new()
    {
        BaseUrl = $"{options.AppScheme}://{Host(options.AppChannelAddress)}:{options.AppPort}",
        Client = _appClient,
        IsOwnApp = true,
        ApiToken = options.AppApiToken,
        HttpVersion = options.AppProtocol == "h2c" ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
        Resilience = Resilience(policies, options.AppId, perMethod: true),
    };

    private InvocationTarget Target(HttpEndpointResource endpoint, ValueResolver resolver, PolicyCatalog policies) => new()
    {
        BaseUrl = endpoint.BaseUrl.OriginalString,
        HasPath = endpoint.BaseUrl.AbsolutePath != "/",
        Client = endpoint.ClientTls is { } tls ? HttpClients.ForForwarding(options, Tls(endpoint, tls, resolver)) : _endpointClient,
        Headers = [.. endpoint.Headers.Select(header => KeyValuePair.Create(header.Name, resolver.Resolve(header, endpoint.SecretStore, endpoint.Name)))],
        Resilience = Resilience(policies, endpoint.Name, perMethod: false),
    };

    /// <summary>Finds other sidecars as before, each under the policies of its app id.</summary>
    private Func<string, string, InvocationTarget?> Under(PolicyCatalog policies, RemoteSidecars sidecars)
    {
        var known = new ConcurrentDictionary<string, ResilientTarget?>(StringComparer.Ordinal);
        return (id, ns) => sidecars.Find(id, ns) is not { } target
            ? null
            : known.GetOrAdd(id, name => Resilience(policies, name, perMethod: true)) is { } resilience
                ? target with { Resilience = resilience }
                : target;
    }

    private ResilientTarget? Resilience(PolicyCatalog policies, string id, bool perMethod)
        => policies.For(id) is { } found
            ? new ResilientTarget(id, found, perMethod, time, loggers.CreateLogger<ResilientTarget>(), metrics is { IsEnabled: true } ? metrics.Resiliency.For(found.Source, id) : null)
            : null;

    private static Action<System.Net.Security.SslClientAuthenticationOptions> Tls(HttpEndpointResource endpoint, ClientTlsResource tls, ValueResolver resolver)
    {
        try
        {
            var authority = tls.RootCa is { } root ? X509Certificate2.CreateFromPem(resolver.Resolve(root, endpoint.SecretStore, endpoint.Name)) : null;
            var own = tls.Certificate is { } certificate && tls.PrivateKey is { } key
                ? X509Certificate2.CreateFromPem(resolver.Resolve(certificate, endpoint.SecretStore, endpoint.Name), resolver.Resolve(key, endpoint.SecretStore, endpoint.Name))
                : null;
            return HttpClients.Trusting(authority, own);
        }
        catch (CryptographicException exception)
        {
            throw new ResourceException(endpoint.Position, $"'spec.clientTLS' of the HTTPEndpoint '{endpoint.Name}' holds no usable PEM certificate or key.", exception) { Rule = ProblemRules.EndpointTls };
        }
    }

    private static string Host(string address) => address.Contains(':', StringComparison.Ordinal) && address[0] != '[' ? $"[{address}]" : address;
}

/// <summary>What resources become.</summary>
internal sealed class RuntimeParts
{
    public Dictionary<string, ISecretStore> Stores { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, IPipelineHandler> Handlers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, InvocationTarget> Endpoints { get; } = new(StringComparer.Ordinal);
}
