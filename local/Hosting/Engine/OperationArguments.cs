using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Engine;

/// <summary>The arguments with which Aspire's tools ask an AppHost to write itself out.</summary>
internal static class OperationArguments
{
    public static void RefusePublishing(IConfiguration configuration)
    {
        var operation = configuration["operation"] ?? configuration["AppHost:Operation"];
        if (configuration["publisher"] is not null || string.Equals(operation, "publish", StringComparison.OrdinalIgnoreCase))
        {
            throw new DistributedApplicationException(
                "The local engine runs applications and does not publish them: build with HostingEngine=aspire to publish.");
        }

        if (operation is not null && !string.Equals(operation, "run", StringComparison.OrdinalIgnoreCase))
        {
            throw new DistributedApplicationException($"--operation is '{operation}': the local engine knows 'run' only.");
        }
    }
}
