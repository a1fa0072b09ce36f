using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Health;

/// <summary>Asks an endpoint and expects a status code.</summary>
internal sealed class HttpEndpointHealthCheck(
    Func<EndpointReference> endpoint,
    string path,
    int expectedStatusCode,
    IHttpClientFactory clients) : IHealthCheck
{
    public const string ClientName = "Aspire.Hosting.Health";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var target = endpoint();
        if (!target.IsAllocated)
        {
            return HealthCheckResult.Unhealthy("the endpoint has no port yet");
        }

        using var client = clients.CreateClient(ClientName);
        try
        {
            var address = new Uri(new Uri(target.Url), path);
            using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            var code = (int)answer.StatusCode;
            return code == expectedStatusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"{address} answered {code}, expected was {expectedStatusCode}");
        }
        catch (HttpRequestException e)
        {
            return HealthCheckResult.Unhealthy($"{target.Url} does not answer ({e.HttpRequestError})");
        }
    }
}
