using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace CommunityToolkit.Aspire.Hosting.Dapr;

/// <summary>The arguments of <c>dapr run</c>, in the order in which the toolkit writes them; only options that are set are written.</summary>
internal sealed class DaprRunArguments(IResource app, ExecutableResource executable, DaprSidecarOptions options, string folder)
{
    public void AddTo(IList<object> arguments)
    {
        arguments.Add("run");
        Add(arguments, "--app-port", options.AppPort);
        Add(arguments, "--app-channel-address", options.AppChannelAddress);
        Add(arguments, "--app-health-check-path", options.AppHealthCheckPath);
        Add(arguments, "--app-health-probe-interval", options.AppHealthProbeInterval);
        Add(arguments, "--app-health-probe-timeout", options.AppHealthProbeTimeout);
        Add(arguments, "--app-health-threshold", options.AppHealthThreshold);
        Add(arguments, "--app-id", options.AppId ?? app.Name);
        Add(arguments, "--app-max-concurrency", options.AppMaxConcurrency);
        Add(arguments, "--app-protocol", options.AppProtocol);
        Add(arguments, "--config", FullPath(options.Config));
        Add(arguments, "--max-body-size", options.DaprMaxBodySize);
        Add(arguments, "--read-buffer-size", options.DaprReadBufferSize);
        Add(arguments, "--dapr-internal-grpc-port", options.DaprInternalGrpcPort);
        Add(arguments, "--dapr-listen-addresses", options.DaprListenAddresses);
        AddFlag(arguments, "--enable-api-logging", options.EnableApiLogging);
        AddFlag(arguments, "--enable-app-health-check", options.EnableAppHealthCheck);
        AddFlag(arguments, "--enable-profiling", options.EnableProfiling);
        Add(arguments, "--log-level", options.LogLevel);
        Add(arguments, "--placement-host-address", options.PlacementHostAddress);
        foreach (var path in options.ResourcesPaths)
        {
            Add(arguments, "--resources-path", FullPath(path));
        }

        Add(arguments, "--run-file", FullPath(options.RunFile));
        Add(arguments, "--runtime-path", FullPath(options.RuntimePath));
        Add(arguments, "--scheduler-host-address", options.SchedulerHostAddress);
        Add(arguments, "--unix-domain-socket", options.UnixDomainSocket);
        AddPorts(arguments);
        AddCommand(arguments);
    }

    private static void Add(IList<object> arguments, string name, object? value)
    {
        if (value is not null)
        {
            arguments.Add(name);
            arguments.Add(value is int number ? number.ToString(CultureInfo.InvariantCulture) : value);
        }
    }

    private static void AddFlag(IList<object> arguments, string name, bool? value)
    {
        if (value == true)
        {
            arguments.Add(name);
        }
    }

    private string? FullPath(string? path) => path is null ? null : Path.GetFullPath(Path.Combine(folder, path));

    private void AddCommand(IList<object> arguments)
    {
        if (options.Command.Count > 0)
        {
            arguments.Add("--");
            foreach (var word in options.Command)
            {
                arguments.Add(word);
            }
        }
    }

    private void AddPorts(IList<object> arguments)
    {
        var endpoint = AppEndpoint();
        if (options.AppPort is null && endpoint is { } port)
        {
            Add(arguments, "--app-port", port.Endpoint.Property(EndpointProperty.Port));
        }

        Add(arguments, "--dapr-grpc-port", executable.GetEndpoint("grpc").Property(EndpointProperty.TargetPort));
        Add(arguments, "--dapr-http-port", executable.GetEndpoint("http").Property(EndpointProperty.TargetPort));
        Add(arguments, "--metrics-port", executable.GetEndpoint("metrics").Property(EndpointProperty.TargetPort));
        if (options.EnableProfiling == true)
        {
            Add(arguments, "--profile-port", executable.GetEndpoint("profile").Property(EndpointProperty.TargetPort));
        }

        if (options.AppChannelAddress is null && endpoint is { } address)
        {
            Add(arguments, "--app-channel-address", address.Endpoint.Property(EndpointProperty.Host));
        }

        if (options.AppProtocol is null && endpoint is { } protocol)
        {
            Add(arguments, "--app-protocol", protocol.Protocol);
        }
    }

    // The endpoint named in the options, else that of the protocol, else http.
    private (EndpointReference Endpoint, string Protocol)? AppEndpoint()
    {
        if (app is not IResourceWithEndpoints owner)
        {
            return null;
        }

        var endpoint = owner.GetEndpoint(options.AppEndpoint ?? options.AppProtocol ?? "http");
        return endpoint.IsAllocated ? (endpoint, options.AppProtocol ?? (options.AppEndpoint is null ? "http" : endpoint.Scheme)) : null;
    }
}
