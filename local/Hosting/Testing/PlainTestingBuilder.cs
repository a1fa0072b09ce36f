using Aspire.Hosting.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

internal sealed class PlainTestingBuilder(DistributedApplicationBuilder inner) : TestingBuilder(inner)
{
    public PlainTestingBuilder(string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
        : this(Create(args, configure))
    {
    }

    private DistributedApplicationBuilder Builder { get; } = inner;

    public override Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => Task.FromResult(Builder.Build());

    private static DistributedApplicationBuilder Create(string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
    {
        var options = new DistributedApplicationOptions { Args = args, DisableDashboard = true };
        configure(options, new HostApplicationBuilderSettings { Args = args });
        var builder = new DistributedApplicationBuilder(options, new EngineMode(IsInTest: true));
        builder.Configuration[EndpointAllocation.RandomizePortsKey] ??= "true";
        return builder;
    }
}
