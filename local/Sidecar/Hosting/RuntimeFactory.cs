using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Components.Pluggable;
using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.McpServers;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resiliency;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Secrets;
using McpAspire.Sidecar.State;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Makes a <see cref="RuntimeSnapshot"/> of resources, or says why they cannot be served.</summary>
internal sealed class RuntimeFactory(SidecarOptions options, HandlerFactory handlers, Func<string, string?> environment, TimeProvider time, ILoggerFactory loggers, RuntimeClients clients, RemoteSidecars? sidecars = null, SidecarMetrics? metrics = null)
{
    private readonly EmbeddedHost _host = new(options, time, loggers);
    private readonly WorkflowPresence _workflows = new(loggers);

    /// <param name="resources">What was read.</param>
    /// <param name="earlier">The current snapshot, if there is one: its components and MCP servers whose resource is unchanged go on.</param>
    /// <param name="route">Behind httpPipeline.</param>
    /// <param name="forward">Behind appHttpPipeline.</param>
    /// <param name="warnings">What is wrong and does not keep it from running.</param>
    public RuntimeSnapshot Create(ResourceSet resources, RuntimeSnapshot? earlier, SidecarDelegate route, SidecarDelegate forward, ICollection<string> warnings)
    {
        PipelineBuilder.Check(resources, options.AppId);
        var parts = new RuntimeParts { Sockets = Sockets() };
        try
        {
            Make(parts, resources, earlier?.Embedded ?? EmbeddedSet.Empty, warnings, (component, problem) => LeaveOut(component, problem, parts, warnings));
            if (resources.McpServers.Count > 0)
            {
                MakeServers(parts, resources, earlier?.McpServers ?? McpServerSet.Empty, warnings);
            }

            return Create(resources, parts, route, forward, warnings);
        }
        catch
        {
            parts.Embedded.DisposeExcept(earlier?.Embedded ?? EmbeddedSet.Empty);
            parts.McpServers.DisposeExcept(earlier?.McpServers ?? McpServerSet.Empty);
            throw;
        }
    }

    private RuntimeSnapshot Create(ResourceSet resources, RuntimeParts parts, SidecarDelegate route, SidecarDelegate forward, ICollection<string> warnings)
    {
        foreach (var component in resources.NotServed(parts.Sockets))
        {
            warnings.Add($"{component.Position}: {BuildingBlocks.NotServed(component)}{parts.Sockets.Remark}");
        }

        foreach (var (position, message) in resources.Configuration.Tracing.NotExported)
        {
            warnings.Add($"{position}: {message}");
        }

        return new RuntimeSnapshot
        {
            AppId = options.AppId,
            Namespace = options.Namespace,
            Configuration = resources.Configuration,
            Components = [.. resources.Served(parts.Sockets).Where(component => !parts.LeftOut.Contains(component.Name))],
            Endpoints = parts.Endpoints,
            Files = resources.Files,
            Resiliencies = [.. resources.Policies.Sources.Select(source => source.Name)],
            McpServers = parts.McpServers,
            WorkflowState = WorkflowState(resources, parts),
            WorkflowAccessPolicies = resources.WorkflowAccessPolicies,
            SecretStores = parts.Stores,
            Embedded = parts.Embedded,
            Subscriptions = resources.Subscriptions,
            App = options.AppPort > 0 ? AppTarget(resources.Policies) : null,
            HttpPipeline = PipelineBuilder.Build(PipelineBuilder.Present(resources.Configuration.HttpPipeline, resources, options.AppId, warnings), parts.Handlers, PipelineStage.Http, route),
            AppPipeline = PipelineBuilder.Build(PipelineBuilder.Present(resources.Configuration.AppHttpPipeline, resources, options.AppId, warnings), parts.Handlers, PipelineStage.App, forward),
            ComponentPolicies = resources.Policies.Sources.Any() ? OfComponents(resources.Policies) : ComponentPolicies.None,
            FindSidecar = sidecars is null ? static (_, _) => null : Under(resources.Policies, sidecars),
            WarmUps = [.. parts.Handlers.Values.OfType<IWarmUp>(), .. parts.McpServers.All],
            Apis = ServedApis.Of(resources.Configuration.Api),
        };
    }

    /// <summary>What other processes offer now.</summary>
    public ComponentSockets Sockets() => new(SocketFolder.Of(environment));

    /// <summary>Everything that keeps these resources from being served. No other process is asked: it may serve a sidecar that runs.</summary>
    public IReadOnlyList<ResourceException> Problems(ResourceSet resources, ICollection<string> warnings)
    {
        var problems = new List<ResourceException>();
        var parts = new RuntimeParts { Sockets = Sockets(), IsCheck = true };
        Make(parts, resources, EmbeddedSet.Empty, warnings, (_, problem) => problems.Add(problem));
        parts.Embedded.DisposeExcept(EmbeddedSet.Empty);
        var resolver = new ValueResolver(parts.Stores, options, environment);
        foreach (var server in resources.McpServers.Where(server => !parts.IsUnknown(server.SecretStore)))
        {
            Try(() => _ = new McpServerSettings(server, resolver), problems.Add);
        }

        return problems;
    }

    /// <summary>As <c>ignoreErrors</c> asks; whatever else cannot be made keeps all of it from being served.</summary>
    private static void LeaveOut(ComponentResource? component, ResourceException problem, RuntimeParts parts, ICollection<string> warnings)
    {
        if (component is null || !BuildingBlocks.MayBeIgnored(component))
        {
            throw problem;
        }

        parts.LeftOut.Add(component.Name);
        warnings.Add($"{problem.Message} The component is left out, as its 'ignoreErrors' says.");
    }

    private void Make(RuntimeParts parts, ResourceSet resources, EmbeddedSet earlier, ICollection<string> warnings, Action<ComponentResource?, ResourceException> onProblem)
    {
        foreach (var component in resources.Components.Where(component => SecretStoreFactory.Knows(component.Type)))
        {
            Try(() => parts.Stores[component.Name] = SecretStoreFactory.Create(component, environment), Counted(component, onProblem));
        }

        var resolver = new ValueResolver(parts.Stores, options, environment);
        foreach (var component in resources.Components.Where(component => parts.Sockets.OfferSecretStore(component.Type)))
        {
            Try(() => Make(component, parts, earlier, resolver, warnings), Counted(component, onProblem));
        }

        foreach (var component in resources.Served(parts.Sockets).Where(component => !SecretStoreFactory.Knows(component.Type) && !IsMade(component)))
        {
            Try(() => Make(component, parts, earlier, resolver, warnings), Counted(component, onProblem));
        }

        bool IsMade(ComponentResource component) => parts.Sockets.OfferSecretStore(component.Type) || parts.IsUnknown(component.SecretStore);

        foreach (var endpoint in resources.HttpEndpoints.Where(endpoint => !parts.IsUnknown(endpoint.SecretStore)))
        {
            Try(() => parts.Endpoints[endpoint.Name] = Target(endpoint, resolver, resources.Policies), problem => onProblem(null, problem));
        }
    }

    /// <summary>One whose secrets are not there is left out, where it says so itself.</summary>
    private void MakeServers(RuntimeParts parts, ResourceSet resources, McpServerSet earlier, ICollection<string> warnings)
    {
        var resolver = new ValueResolver(parts.Stores, options, environment);
        foreach (var server in resources.McpServers)
        {
            try
            {
                var settings = new McpServerSettings(server, resolver);
                parts.McpServers.Add(settings, earlier, () => new McpServer(settings, HttpClients.ForBackchannel(), options, _workflows, time, loggers));
            }
            catch (ResourceException problem) when (server.IgnoresErrors)
            {
                warnings.Add($"{problem.Message} The MCPServer '{server.Name}' is left out, as its 'ignoreErrors' says.");
            }
        }
    }

    /// <summary>That of the first component that says so, as in Dapr.</summary>
    private static IStateStore? WorkflowState(ResourceSet resources, RuntimeParts parts)
        => resources.Components.FirstOrDefault(component => !parts.LeftOut.Contains(component.Name) && StateStoreSettings.IsForActors(component)) is { } component
            ? parts.Embedded.Find<IStateStore>(component.Name)
            : null;

    private Action<ResourceException> Counted(ComponentResource component, Action<ComponentResource?, ResourceException> onProblem) => problem =>
    {
        metrics?.Runtime.Failed(component, isCreated: problem.Rule is not (ProblemRules.TypeUnknown or ProblemRules.NotEmbedded or ProblemRules.ComponentVersion));
        onProblem(component, problem);
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

    private void Make(ComponentResource component, RuntimeParts parts, EmbeddedSet earlier, ValueResolver resolver, ICollection<string> warnings)
    {
        if (HandlerFactory.IsMiddleware(component.Type))
        {
            parts.Handlers[component.Name] = handlers.Create(new ComponentSettings(component, resolver), warnings);
        }
        else if (EmbeddedTypes.Have(component.Type))
        {
            var settings = new ComponentSettings(component, resolver);
            parts.Embedded.Add(settings, earlier, () => EmbeddedTypes.Create(settings, _host with { IsCheck = parts.IsCheck }, warnings));
        }
        else if (parts.Sockets.Offer(component.Type))
        {
            MakePluggable(component, parts, earlier, resolver);
        }
        else
        {
            throw BuildingBlocks.AreOurs(component.Type)
                ? new ResourceException(component.Position, $"The type '{component.Type}' of the component '{component.Name}' is not part of this sidecar; known are middleware.http.*, {SecretStoreFactory.Environment} and {SecretStoreFactory.File}{parts.Sockets.Hint(component.Type)}.") { Rule = ProblemRules.NotEmbedded }
                : new ResourceException(component.Position, $"The type '{component.Type}' of the component '{component.Name}' is not known{DaprComponentTypes.Hint(component.Type)}{parts.Sockets.Hint(component.Type)}.")
                {
                    Rule = ProblemRules.TypeUnknown,
                    AsDapr = DaprComponentTypes.HasBlock(component.Type) ? null : $"process component {component.Name} error: incorrect type {component.Type}",
                };
        }
    }

    private void MakePluggable(ComponentResource component, RuntimeParts parts, EmbeddedSet earlier, ValueResolver resolver)
    {
        var settings = new ComponentSettings(component, resolver);
        if (parts.IsCheck)
        {
            PluggableTypes.Check(component);
            if (PluggableBlocks.IsSecretStore(component.Type))
            {
                parts.UnknownStores.Add(component.Name);
            }

            return;
        }

        if (parts.Embedded.Add(settings, earlier, () => PluggableTypes.Create(settings, parts.Sockets.SocketOf(component.Type)!, _host)) is ISecretStore store)
        {
            parts.Stores[component.Name] = store;
        }
    }

    private InvocationTarget AppTarget(PolicyCatalog policies) => new()
    {
        BaseUrl = options.AppAddress,
        Client = clients.App,
        IsOwnApp = true,
        IsGrpc = options.IsGrpcApp,
        ApiToken = options.AppApiToken,
        HttpVersion = options.AppProtocol == "h2c" ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
        Resilience = Resilience(policies, options.AppId, perMethod: true),
    };

    private InvocationTarget Target(HttpEndpointResource endpoint, ValueResolver resolver, PolicyCatalog policies) => new()
    {
        BaseUrl = RequestLine.Escape(endpoint.BaseUrl),
        HasPath = endpoint.BaseUrl.AbsolutePath != "/",
        Client = endpoint.ClientTls is { } tls ? HttpClients.ForForwarding(options, Tls(endpoint, tls, resolver)) : clients.Endpoints,
        Headers = [.. endpoint.Headers.Select(header => KeyValuePair.Create(header.Name, HttpEndpointHeaders.ToBytes(header, resolver.Resolve(header, endpoint.SecretStore, endpoint.Name), endpoint.Name)))],
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

    private ComponentPolicies OfComponents(PolicyCatalog policies) => new((name, kind, flow) => policies.For(name, kind, flow) is { } found
        ? new ResilientTarget(name, found, perMethod: false, time, loggers.CreateLogger<ResilientTarget>(), metrics is { IsEnabled: true } ? metrics.Resiliency.For(found.Source, name, kind, flow) : null)
        : null);

    private static Action<System.Net.Security.SslClientAuthenticationOptions> Tls(HttpEndpointResource endpoint, ClientTlsResource tls, ValueResolver resolver)
    {
        var authority = tls.RootCa is { } root ? Usable(() => X509Certificate2.CreateFromPem(Text(root)), root.Position, $"'spec.clientTLS.rootCA' of the HTTPEndpoint '{endpoint.Name}' is no usable PEM certificate.") : null;
        if (tls.Certificate is not { } certificate || tls.PrivateKey is not { } key)
        {
            return HttpClients.Trusting(authority, own: null);
        }

        var (pem, keyPem) = (Text(certificate), Text(key));
        Usable(() => X509Certificate2.CreateFromPem(pem), certificate.Position, $"'spec.clientTLS.certificate' of the HTTPEndpoint '{endpoint.Name}' is no usable PEM certificate.").Dispose();
        return HttpClients.Trusting(authority, Usable(() => X509Certificate2.CreateFromPem(pem, keyPem), key.Position, $"'spec.clientTLS.privateKey' of the HTTPEndpoint '{endpoint.Name}' is not the key of its certificate; allowed is the PEM key that fits 'spec.clientTLS.certificate'."));

        string Text(MetadataValue value) => resolver.Resolve(value, endpoint.SecretStore, endpoint.Name);
    }

    /// <summary>That a key and a certificate do not fit is an ArgumentException for one algorithm, a CryptographicException for another.</summary>
    private static X509Certificate2 Usable(Func<X509Certificate2> read, Position position, string problem)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new ResourceException(position, problem, exception) { Rule = ProblemRules.EndpointTls };
        }
    }
}

/// <summary>What resources become.</summary>
internal sealed class RuntimeParts
{
    public Dictionary<string, ISecretStore> Stores { get; } = new(StringComparer.Ordinal);

    public EmbeddedSet Embedded { get; } = new();

    public required ComponentSockets Sockets { get; init; }

    /// <summary>Nothing outside is touched.</summary>
    public bool IsCheck { get; init; }

    /// <summary>In a check: secret stores of other processes. What takes a secret of them is not judged.</summary>
    public HashSet<string> UnknownStores { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of components that could not be made, and are not needed.</summary>
    public HashSet<string> LeftOut { get; } = new(StringComparer.Ordinal);

    public bool IsUnknown(string? store) => store is not null && UnknownStores.Contains(store);

    public McpServerSet McpServers { get; } = new();

    public Dictionary<string, IPipelineHandler> Handlers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, InvocationTarget> Endpoints { get; } = new(StringComparer.Ordinal);
}
