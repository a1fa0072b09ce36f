using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Resources;

/// <summary>Reads the resource folders and Configuration files of a run. Whatever daprd would skip silently stops the load.</summary>
internal sealed class ResourceLoader(SidecarOptions options, Action<ResourceException> onProblem)
{
    private static readonly string[] _kinds = ["Component", "HTTPEndpoint", "Configuration", "Resiliency", "Subscription", "MCPServer", "WorkflowAccessPolicy"];

    private readonly ResourceFiles _files = ResourceFiles.Read(options);
    private readonly List<ComponentResource> _components = [];
    private readonly List<ComponentResource> _outOfScope = [];
    private readonly List<HttpEndpointResource> _endpoints = [];
    private readonly List<ResiliencyDocument> _resiliencyDocuments = [];
    private readonly List<ResiliencyResource> _resiliency = [];
    private readonly List<SubscriptionResource> _subscriptions = [];
    private readonly List<McpServerResource> _mcpServers = [];
    private readonly List<string> _workflowAccessPolicies = [];
    private readonly List<string> _warnings = [];

    /// <summary>The first problem ends the load.</summary>
    public static ResourceSet Load(SidecarOptions options) => Load(options, problem => throw problem);

    /// <summary>Goes on behind a problem: for a check, which wants to see them all.</summary>
    public static ResourceSet Load(SidecarOptions options, Action<ResourceException> onProblem) => new ResourceLoader(options, onProblem).Load(static _ => { });

    /// <param name="onConfiguration">Gets the Configuration before anything else is read.</param>
    public ResourceSet Load(Action<ConfigurationResource> onConfiguration)
    {
        var configuration = LoadConfiguration();
        onConfiguration(configuration);
        foreach (var folder in options.ResourcesPaths)
        {
            Try(() => LoadFolder(folder));
        }

        Try(RefuseDuplicateComponents);
        Try(() => RefuseDuplicates(_endpoints.Select(endpoint => (endpoint.Name, endpoint.Position)), "HTTPEndpoint"));
        Try(() => RefuseDuplicates(_resiliency.Select(resiliency => (resiliency.Name, resiliency.Position)), "Resiliency"));
        Try(() => RefuseDuplicates(_subscriptions.Select(subscription => (subscription.Name, subscription.Position)), "Subscription"));
        Try(() => RefuseDuplicates(_mcpServers.Select(server => (server.Name, server.Position)), "MCPServer"));
        return new ResourceSet(configuration, _components, _outOfScope, _endpoints, _resiliencyDocuments, Policies(), _warnings)
        {
            Files = _files,
            McpServers = _mcpServers,
            WorkflowAccessPolicies = _workflowAccessPolicies,
            Subscriptions = [.. _subscriptions.Select(subscription => subscription.Subscription)],
        };
    }

    private PolicyCatalog Policies()
    {
        var policies = PolicyCatalog.Of(_resiliency, onProblem);
        var known = _endpoints.Select(endpoint => endpoint.Name).Append(options.AppId).ToArray();
        foreach (var (id, position) in policies.Apps.Where(app => !options.AnyAppId && !known.Contains(app.Id) && NearestName.Of(app.Id, known) is not null))
        {
            _warnings.Add($"{position}: the target '{id}' is neither this sidecar's app nor an HTTPEndpoint{NearestName.Hint(id, known)}; it holds for calls to another sidecar of that id.");
        }

        var components = _components.Select(component => component.Name).ToArray();
        foreach (var (name, position) in policies.Components.Where(target => !components.Contains(target.Name) && NearestName.Of(target.Name, components) is not null))
        {
            _warnings.Add($"{position}: the target '{name}' is no component of this sidecar{NearestName.Hint(name, components)}.");
        }

        return policies;
    }

    private ConfigurationResource LoadConfiguration()
    {
        ConfigurationResource? configuration = null;
        foreach (var file in _files.Configurations)
        {
            Try(() =>
            {
                var read = ReadConfiguration(file);
                configuration = configuration is null ? read : configuration.OverriddenBy(read);
            });
        }

        return configuration ?? new ConfigurationResource();
    }

    private static ConfigurationResource ReadConfiguration(ResourceFile file)
    {
        if (!file.Exists)
        {
            throw new ResourceException(new Position(file.Path, 0), "This file of --config does not exist.") { Rule = ProblemRules.ConfigurationMissing };
        }

        var documents = YamlFile.Parse(file.Text(), file.Path);
        if (documents.Count != 1)
        {
            throw new ResourceException(new Position(file.Path, 1), $"A file of --config holds one Configuration; this one holds {documents.Count} documents.") { Rule = ProblemRules.ConfigurationDocuments };
        }

        var document = documents[0];
        if (document.Required("kind") is var kind && kind != "Configuration")
        {
            throw new ResourceException(document.PositionOf("kind"), $"'kind' is '{kind}'; a file of --config holds a Configuration.") { Rule = ProblemRules.ConfigurationKind };
        }

        CheckApiVersion(document);
        return ConfigurationResource.Read(document);
    }

    private void Try(Action read)
    {
        try
        {
            read();
        }
        catch (ResourceException problem)
        {
            onProblem(problem);
        }
    }

    private void LoadFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new ResourceException(new Position(folder, 0), "This folder of --resources-path does not exist.") { Rule = ProblemRules.ResourcesMissing };
        }

        foreach (var file in _files.Of(folder))
        {
            Try(() => LoadFile(file));
        }
    }

    private void LoadFile(ResourceFile file)
    {
        var documents = YamlFile.Parse(file.Text(), file.Path, ignoreCase: true);
        foreach (var document in documents)
        {
            Try(() => LoadDocument(document, file.Path, isFirst: document == documents[0]));
        }
    }

    private void LoadDocument(YamlMap document, string file, bool isFirst)
    {
        var kind = document.Required("kind");
        CheckApiVersion(document);
        var isForNamespace = !options.HasNamespace || ResourceMetadata.NamespaceOf(document) is var ns && (ns.Length == 0 || ns == options.Namespace);
        if (kind is not ("Component" or "Configuration") && _kinds.Contains(kind) && !isForNamespace)
        {
            return;
        }

        switch (kind)
        {
            case "Component":
                var component = ComponentResource.Read(document);
                (isForNamespace && (options.AnyAppId || component.IsInScopeOf(options.AppId)) ? _components : _outOfScope).Add(component);
                break;
            case "HTTPEndpoint":
                var endpoint = HttpEndpointResource.Read(document);
                if (options.AnyAppId || endpoint.IsInScopeOf(options.AppId))
                {
                    _endpoints.Add(endpoint);
                    if (endpoint.BaseUrl.Query.Length > 0)
                    {
                        _warnings.Add($"{endpoint.Position}: 'spec.baseUrl' of the HTTPEndpoint '{endpoint.Name}' has a query; the method is appended to it.");
                    }
                }

                break;
            case "Configuration":
                if (!options.ConfigPaths.Any(path => Path.GetFullPath(path) == Path.GetFullPath(file)))
                {
                    throw new ResourceException(document.Position, $"The Configuration '{ResourceMetadata.NameOf(document)}' in a resources folder has no effect; give the file to --config.") { Rule = ProblemRules.ConfigurationInResources };
                }

                break;
            case "Resiliency":
                _resiliencyDocuments.Add(new ResiliencyDocument(document.Position, isFirst));
                var resiliency = ResiliencyResource.Read(document);
                if (options.AnyAppId || resiliency.IsInScopeOf(options.AppId))
                {
                    _resiliency.Add(resiliency);
                    _warnings.AddRange(resiliency.Warnings);
                }

                break;
            case "Subscription":
                var subscription = SubscriptionResource.Read(document, _warnings);
                if (options.AnyAppId || subscription.IsInScopeOf(options.AppId))
                {
                    _subscriptions.Add(subscription);
                }

                break;
            case "MCPServer":
                LoadMcpServer(document);
                break;
            case "WorkflowAccessPolicy":
                if (options.AnyAppId || document.Texts("scopes") is var scopes && (scopes.Count == 0 || scopes.Contains(options.AppId)))
                {
                    _workflowAccessPolicies.Add(ResourceMetadata.NameOf(document));
                    _warnings.Add($"{document.Position}: resources of kind {kind} have no effect in this sidecar: no other app can start a workflow here.");
                }

                break;
            default:
                throw new ResourceException(document.PositionOf("kind"), $"'kind' is '{kind}', which is not known{NearestName.Hint(kind, _kinds)}.") { Rule = ProblemRules.KindUnknown };
        }
    }

    /// <summary>One that cannot be read is left out where it says so itself.</summary>
    private void LoadMcpServer(YamlMap document)
    {
        try
        {
            var server = McpServerResource.Read(document);
            if (options.AnyAppId || server.IsInScopeOf(options.AppId))
            {
                _mcpServers.Add(server);
            }
        }
        catch (ResourceException problem) when (McpServerResource.IgnoresErrorsOf(document))
        {
            var name = ResourceMetadata.NameOf(document);
            var reason = problem.AsDapr ?? $"process MCPServer {name} error: MCPServer \"{name}\" failed validation:";
            _warnings.Add($"{problem.Position}: Ignoring error processing MCPServer: {reason} {problem.Message[(problem.Position.ToString().Length + 2)..]}");
        }
    }

    private static void CheckApiVersion(YamlMap document)
    {
        if (document.Required("apiVersion") is var version && version is not ("dapr.io/v1alpha1" or "dapr.io/v2alpha1"))
        {
            throw new ResourceException(document.PositionOf("apiVersion"), $"'apiVersion' is '{version}'; allowed is dapr.io/v1alpha1.");
        }
    }

    /// <summary>Says all at once, as Dapr does.</summary>
    private void RefuseDuplicateComponents()
    {
        var seen = new Dictionary<string, ComponentResource>(StringComparer.Ordinal);
        var again = _components.Where(component => !seen.TryAdd(component.Name, component)).ToArray();
        if (again.Length > 0)
        {
            var first = again[0];
            throw new ResourceException(first.Position, $"The component '{first.Name}' is defined twice; the other one is at {seen[first.Name].Position}.")
            {
                Rule = ProblemRules.DuplicateName,
                AsDapr = "failed to load components: " + string.Join('\n', again.Select(component => $"duplicate definition of Component name {component.LogName} with existing {seen[component.Name].LogName}")),
            };
        }
    }

    private static void RefuseDuplicates(IEnumerable<(string Name, Position Position)> resources, string what)
    {
        var seen = new Dictionary<string, Position>(StringComparer.Ordinal);
        foreach (var (name, position) in resources)
        {
            if (!seen.TryAdd(name, position))
            {
                throw new ResourceException(position, $"The {what} '{name}' is defined twice; the other one is at {seen[name]}.") { Rule = ProblemRules.DuplicateName };
            }
        }
    }
}
