using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ProjectModel;

/// <summary>What every project gets: its launch profile, its telemetry and the addresses to listen on.</summary>
internal static class ProjectDefaults
{
    private const string UrlsVariable = "ASPNETCORE_URLS";

    public static IResourceBuilder<ProjectResource> Apply(
        IResourceBuilder<ProjectResource> builder,
        IProjectMetadata metadata,
        ProjectResourceOptions options)
    {
        builder
            .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory")
            .WithOtlpExporter()
            .WithEnvironment("LOGGING__CONSOLE__FORMATTERNAME", "simple")
            .WithEnvironment(context => AddUrls(context, builder.Resource));

        var profile = options.ExcludeLaunchProfile
            ? null
            : LaunchProfiles.Select(metadata, options.LaunchProfileName, builder.ApplicationBuilder.Configuration["DOTNET_LAUNCH_PROFILE"]);
        return profile is null ? builder : Apply(builder, profile);
    }

    private static IResourceBuilder<ProjectResource> Apply(IResourceBuilder<ProjectResource> builder, NamedLaunchProfile selected)
    {
        foreach (var (name, address) in LaunchProfiles.Addresses(selected.Profile))
        {
            builder.WithEndpoint(name, endpoint =>
            {
                endpoint.Port = address.Port;
                endpoint.TargetHost = address.Host;
                endpoint.UriScheme = address.Scheme;
                endpoint.Transport = "http";
                endpoint.TlsEnabled = address.Scheme == "https";
            });
        }

        if (LaunchProfiles.Arguments(selected.Profile) is { Count: > 0 } arguments)
        {
            builder.WithAnnotation(new LaunchProfileArguments(arguments));
        }

        return builder.WithEnvironment(context =>
        {
            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", selected.Name);
            foreach (var (name, value) in selected.Profile.EnvironmentVariables)
            {
                context.EnvironmentVariables.TryAdd(name, Environment.ExpandEnvironmentVariables(value));
            }
        });
    }

    private static void AddUrls(EnvironmentCallbackContext context, ProjectResource resource)
    {
        if (context.EnvironmentVariables.ContainsKey(UrlsVariable))
        {
            return;
        }

        var filters = resource.Annotations.OfType<EndpointFilterAnnotation>().ToList();
        var urls = new ReferenceExpressionBuilder();
        foreach (var endpoint in resource.GetEndpoints().Where(e => IsTold(e.EndpointAnnotation)))
        {
            urls.AppendLiteral(urls.IsEmpty ? string.Empty : ";");
            urls.Append($"{endpoint.Scheme}://{endpoint.EndpointAnnotation.TargetHost}:{endpoint.Property(EndpointProperty.TargetPort)}");
        }

        if (!urls.IsEmpty)
        {
            context.EnvironmentVariables[UrlsVariable] = urls.Build();
        }

        // A port that the process learns from a variable of its own is opened by the process itself.
        bool IsTold(EndpointAnnotation endpoint)
            => endpoint.UriScheme is "http" or "https"
                && endpoint.TargetPortEnvironmentVariable is null
                && filters.TrueForAll(f => f.Filter(endpoint));
    }
}
