using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Describes an application: what runs, in what order, wired to what.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>The configuration.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>The folder of the AppHost project.</summary>
    string AppHostDirectory { get; }

    /// <summary>The assembly of the AppHost project.</summary>
    Assembly? AppHostAssembly { get; }

    /// <summary>The environment.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>The services.</summary>
    IServiceCollection Services { get; }

    /// <summary>The events.</summary>
    IDistributedApplicationEventing Eventing { get; }

    /// <summary>What the application is built for.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>The resources.</summary>
    IResourceCollection Resources { get; }

    /// <summary>Adds a resource.</summary>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>Creates a builder for a resource without adding it.</summary>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    /// <summary>Builds the application.</summary>
    DistributedApplication Build();
}
