using System.Globalization;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the dashboard's program is told: every door closed with a key of this run.</summary>
internal sealed class DashboardSettings(DashboardOptions options, DashboardEndpoints endpoints, Uri resourceService)
{
    public DashboardEndpoints Endpoints { get; } = endpoints;

    public void ApplyTo(IDictionary<string, string?> environment)
    {
        environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        environment["ASPNETCORE_URLS"] = Address(Endpoints.Frontend);
        environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Address(Endpoints.OtlpGrpc);
        environment["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = Address(Endpoints.OtlpHttp);
        environment["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = Address(resourceService);
        environment["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken";
        environment["DASHBOARD__FRONTEND__BROWSERTOKEN"] = options.BrowserToken;
        environment["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey";
        environment["DASHBOARD__OTLP__PRIMARYAPIKEY"] = options.OtlpApiKey;
        environment["DASHBOARD__API__AUTHMODE"] = "ApiKey";
        environment["DASHBOARD__API__PRIMARYAPIKEY"] = options.TelemetryApiKey;
        environment["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey";
        environment["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = options.ResourceServiceApiKey;
        environment["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true";

        // It ends itself when the engine is gone, however that came about.
        environment["ASPIRE_CLI_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    }

    private static string Address(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
