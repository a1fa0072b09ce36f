using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CommunityToolkit.Aspire.Hosting.Dapr;

/// <summary>Adds the executable <c>{app}-dapr-cli</c> of every sidecar when the model is complete.</summary>
internal sealed class DaprSidecarSubscriber(
    IConfiguration configuration,
    IHostEnvironment environment,
    IOptions<DaprOptions> options) : IDistributedApplicationEventingSubscriber
{
    public Task SubscribeAsync(
        IDistributedApplicationEventing eventing,
        DistributedApplicationExecutionContext executionContext,
        CancellationToken cancellationToken)
    {
        eventing.Subscribe<BeforeStartEvent>((e, _) =>
        {
            AddExecutables(e.Model);
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    private void AddExecutables(DistributedApplicationModel model)
    {
        foreach (var app in model.Resources.ToList())
        {
            if (app.TryGetLastAnnotation<DaprSidecarAnnotation>(out var annotation))
            {
                model.Resources.Add(CreateExecutable(app, annotation.Sidecar));
            }
        }
    }

    private ExecutableResource CreateExecutable(IResource app, IDaprSidecarResource sidecar)
    {
        var folder = configuration["AppHost:Directory"]!;
        var program = options.Value.DaprPath ?? DaprCli.Find()
            ?? throw new DistributedApplicationException("The Dapr CLI was not found: install it (https://docs.dapr.io/getting-started/install-dapr-cli/), or set DaprOptions.DaprPath.");
        var sidecarOptions = sidecar.Annotations.OfType<DaprSidecarOptionsAnnotation>().LastOrDefault()?.Options ?? new DaprSidecarOptions();

        var executable = new ExecutableResource($"{sidecar.Name}-cli", program, folder);
        AddEndpoint(executable, "grpc", sidecarOptions.DaprGrpcPort);
        AddEndpoint(executable, "http", sidecarOptions.DaprHttpPort);
        AddEndpoint(executable, "metrics", sidecarOptions.MetricsPort);
        if (sidecarOptions.EnableProfiling == true)
        {
            AddEndpoint(executable, "profile", sidecarOptions.ProfilePort);
        }

        if (options.Value.EnableTelemetry != false)
        {
            OtlpConfigurationExtensions.AddOtlpEnvironment(executable, configuration, environment);
        }

        var arguments = new DaprRunArguments(app, executable, sidecarOptions, folder);
        executable.Annotations.Add(new CommandLineArgsCallbackAnnotation(arguments.AddTo));
        foreach (var variables in sidecar.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            executable.Annotations.Add(variables);
        }

        // As newer versions of the toolkit do: a sidecar needs what its app needs.
        foreach (var wait in sidecar.Annotations.Concat(app.Annotations).OfType<WaitAnnotation>())
        {
            executable.Annotations.Add(wait);
        }

        executable.Annotations.Add(new ResourceRelationshipAnnotation(app, ResourceRelationships.Parent));
        app.Annotations.Add(new EnvironmentCallbackAnnotation(context => DaprAppEnvironment.Add(context, executable)));
        options.Value.PublishingConfigurationAction?.Invoke(app, sidecarOptions);
        return executable;
    }

    private static void AddEndpoint(ExecutableResource executable, string name, int? port)
        => executable.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, uriScheme: "http", name: name, port: port));
}
