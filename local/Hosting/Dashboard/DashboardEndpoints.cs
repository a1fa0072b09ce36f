namespace Aspire.Hosting.Dashboard;

/// <summary>Where the dashboard listens. Chosen once per run: children keep the OTLP addresses over its restarts.</summary>
internal sealed record DashboardEndpoints(Uri Frontend, Uri OtlpGrpc, Uri OtlpHttp)
{
    /// <summary>The wished ports, and free ones for those that are taken.</summary>
    public static DashboardEndpoints Choose(DashboardOptions options)
        => new(LoopbackPort.FreeOr(options.FrontendUrl), LoopbackPort.FreeOr(options.OtlpGrpcUrl), LoopbackPort.FreeOr(options.OtlpHttpUrl));

    public DashboardConnection Connect(DashboardOptions options) => new(
        Frontend,
        new Uri(Frontend, $"/login?t={options.BrowserToken}"),
        OtlpGrpc,
        OtlpHttp,
        options.OtlpApiKey,
        options.TelemetryApiKey);
}
