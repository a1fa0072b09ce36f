using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace McpAspire.Sidecar.Invocation;

/// <summary>YARP's forwarder, which only a container makes.</summary>
internal static class Forwarding
{
    /// <summary>Made at the first call: a sidecar that only waits needs none.</summary>
    public static Lazy<IHttpForwarder> Of(ILoggerFactory loggers) => new(() => new ServiceCollection()
        .AddSingleton(loggers)
        .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
        .AddHttpForwarder()
        .BuildServiceProvider()
        .GetRequiredService<IHttpForwarder>());
}
