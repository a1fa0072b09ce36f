using Aspire.Hosting.Engine;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where the dashboard listens. Chosen once per run: children keep the OTLP addresses over its restarts.</summary>
internal sealed record DashboardEndpoints(Uri Frontend, Uri OtlpGrpc, Uri OtlpHttp)
{
    /// <summary>The wished ports, and free ones for those that are taken.</summary>
    public static DashboardEndpoints Choose(DashboardOptions options, PortAllocator ports) => new(
        Choose(options.FrontendUrl, "the dashboard", ports),
        Choose(options.OtlpGrpcUrl, "the dashboard's OTLP over gRPC", ports),
        Choose(options.OtlpHttpUrl, "the dashboard's OTLP over http", ports));

    public DashboardConnection Connect(DashboardOptions options) => new(
        Frontend,
        new Uri(Frontend, $"/login?t={options.BrowserToken}"),
        OtlpGrpc,
        OtlpHttp,
        options.OtlpApiKey,
        options.TelemetryApiKey);

    private static Uri Choose(Uri wished, string owner, PortAllocator ports)
    {
        if (wished.Port != 0)
        {
            try
            {
                ports.Take(wished.Port, owner, checkFree: true);
                return wished;
            }
            catch (DistributedApplicationException)
            {
                // Taken: the dashboard is no reason not to start, so another port is used and said.
            }
        }

        return new UriBuilder(wished) { Port = ports.TakeFree(owner) }.Uri;
    }
}
