using System.Collections.Immutable;
using Aspire.Hosting.Lifecycle;
using CommunityToolkit.Aspire.Hosting.Dapr;
using McpAspire.AppHost.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpAspire.AppHost;

/// <summary>Dapr for the stack: a sidecar for an app, with the planned ports and files and only the secret that it needs.</summary>
internal static class SidecarExtensions
{
    private const string ApiTokenVariable = "DAPR_API_TOKEN";

    public static void AddSidecars(this IDistributedApplicationBuilder builder, SidecarChoice choice)
    {
        builder.AddDapr(options => options.DaprPath = choice.Path);
        // After AddDapr: the executables exist once its own subscriber has run.
        builder.Services.TryAddEventingSubscriber<SidecarProofSubscriber>();
        if (choice.IsDaprd)
        {
            builder.Services.TryAddEventingSubscriber<SidecarPreflightSubscriber>();
        }

        builder.Services.AddHttpClient(SidecarHealthCheck.HttpClientName)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    }

    public static IResourceBuilder<ProjectResource> WithSidecar(
        this IResourceBuilder<ProjectResource> app, SidecarPlan plan, StackSecret secret, SidecarProof proof)
    {
        var token = plan.ApiToken ? app.AddApiToken(plan) : null;
        app.ApplicationBuilder.Services.AddProof(app.Resource, plan, proof, token);
        app.ApplicationBuilder.Services.AddSingleton(new CheckedSidecar(app.Resource.Name, NameOf(app.Resource), plan, secret));
        return app.WithDaprSidecar(sidecar => sidecar
            .WithOptions(Options(plan))
            .WithAnnotation(new EnvironmentCallbackAnnotation(context =>
            {
                context.EnvironmentVariables[secret.Variable] = secret.Parameter.Resource;
                // daprd takes TLS for granted unless it is told otherwise.
                context.EnvironmentVariables["OTEL_EXPORTER_OTLP_INSECURE"] = "true";
                if (token is not null)
                {
                    context.EnvironmentVariables[ApiTokenVariable] = token;
                }
            })));
    }

    private static ParameterResource AddApiToken(this IResourceBuilder<ProjectResource> app, SidecarPlan plan)
    {
        var token = app.ApplicationBuilder.AddGeneratedSecret($"{plan.AppId}-api-token");
        app.WithEnvironment(ApiTokenVariable, token);
        return token.Resource;
    }

    private static void AddProof(this IServiceCollection services, ProjectResource app, SidecarPlan plan, SidecarProof proof, ParameterResource? token)
    {
        var resource = NameOf(app);
        var key = $"{resource}-proof";
        services.AddSingleton(new ProvenSidecar(resource, key, app));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            key,
            provider => new SidecarHealthCheck(plan, proof, token, provider.GetRequiredService<IHttpClientFactory>()),
            HealthStatus.Unhealthy,
            tags: null));
    }

    private static string NameOf(ProjectResource app) => $"{app.Name}-dapr-cli";

    private static DaprSidecarOptions Options(SidecarPlan plan) => new()
    {
        AppId = plan.AppId,
        AppChannelAddress = "127.0.0.1",
        Config = plan.ConfigFile,
        ResourcesPaths = ImmutableHashSet.Create(plan.ResourcesFolder),
        DaprHttpPort = plan.HttpPort,
        DaprGrpcPort = plan.GrpcPort,
        DaprInternalGrpcPort = plan.InternalGrpcPort,
        MetricsPort = plan.MetricsPort,
        DaprListenAddresses = "127.0.0.1",
        DaprReadBufferSize = "16Ki", // daprd's 4Ki are too small for a token in a header
        PlacementHostAddress = "", // neither service is needed: without these two daprd waits for them
        SchedulerHostAddress = "",
    };
}
