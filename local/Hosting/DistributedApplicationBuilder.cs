using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <inheritdoc cref="IDistributedApplicationBuilder" />
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly EntryPointGate? _gate;

    /// <summary>Creates a builder.</summary>
    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    /// <summary>Creates a builder.</summary>
    public DistributedApplicationBuilder(DistributedApplicationOptions options)
        : this(options, new EngineMode(IsInTest: EntryPointGate.Current is not null))
    {
    }

    internal DistributedApplicationBuilder(DistributedApplicationOptions options, EngineMode mode)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!mode.IsInTest)
        {
            ConfigurationErrors.EndProcessWithSentence();
        }

        _gate = EntryPointGate.Current;
        var settings = new HostApplicationBuilderSettings { Args = options.Args };
        _gate?.Configure(options, settings);

        var appHost = AppHostInfo.Of(options);
        AppHostAssembly = appHost.Assembly;
        AppHostDirectory = appHost.Directory;
        settings.ApplicationName ??= appHost.Name;
        settings.ContentRootPath ??= appHost.Directory;
        if (_gate is not null)
        {
            EntryPointGate.AddLaunchProfile(settings, appHost);
        }

        _host = new HostApplicationBuilder(settings);

        _host.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AppHost:Directory"] = appHost.Directory,
            ["AppHost:Path"] = Path.Join(appHost.Directory, appHost.Name),
            ["AppHost:DashboardApplicationName"] = options.DashboardApplicationName ?? appHost.Name,
        });

        OperationArguments.RefusePublishing(_host.Configuration);
        EngineServices.Add(_host, options, mode, Resources, Eventing, ExecutionContext);
    }

    /// <inheritdoc />
    public ConfigurationManager Configuration => _host.Configuration;

    /// <inheritdoc />
    public string AppHostDirectory { get; }

    /// <inheritdoc />
    public Assembly? AppHostAssembly { get; }

    /// <inheritdoc />
    public IHostEnvironment Environment => _host.Environment;

    /// <inheritdoc />
    public IServiceCollection Services => _host.Services;

    /// <inheritdoc />
    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    /// <inheritdoc />
    public DistributedApplicationExecutionContext ExecutionContext { get; } = new(DistributedApplicationOperation.Run);

    /// <inheritdoc />
    public IResourceCollection Resources { get; } = new ResourceCollection();

    /// <inheritdoc />
    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (Resources.TryGetByName(resource.Name, out var other))
        {
            throw new DistributedApplicationException(
                $"There is a resource '{other.Name}' of the type {other.GetType().Name} already: resource names are unique, whatever their case.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    /// <inheritdoc />
    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource
        => new DistributedApplicationResourceBuilder<T>(this, resource);

    /// <inheritdoc />
    public DistributedApplication Build()
    {
        _gate?.WaitUntilTestBuilds(this);
        var application = new DistributedApplication(_host.Build(), _gate);
        ExecutionContext.ServiceProvider = application.Services;
        _gate?.Built(application);
        return application;
    }
}
