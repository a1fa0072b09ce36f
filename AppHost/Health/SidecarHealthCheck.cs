using System.Net;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpAspire.AppHost.Health;

/// <summary>
/// Calls the MCP server through a sidecar as its app would. daprd starts unprotected on a typo and answers
/// an empty 200 when it has no token: only the right answer counts.
/// </summary>
internal sealed class SidecarHealthCheck(SidecarPlan sidecar, SidecarProof proof, ParameterResource? apiToken, IHttpClientFactory clients) : IHealthCheck
{
    public const string HttpClientName = "sidecar-proof";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var client = clients.CreateClient(HttpClientName);
        using var request = DiscoverRequest.Create(new Uri($"http://127.0.0.1:{sidecar.HttpPort}/mcp"));
        if (apiToken is not null)
        {
            request.Headers.Add("dapr-api-token", await apiToken.GetValueAsync(cancellationToken).ConfigureAwait(false));
        }

        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return proof switch
            {
                SidecarProof.RefusesWithoutToken => Expect(HttpStatusCode.Unauthorized, response),
                SidecarProof.SendsToSignIn => Expect(HttpStatusCode.Redirect, response),
                _ => await ExpectAnswer(response, cancellationToken).ConfigureAwait(false),
            };
        }
        catch (HttpRequestException error)
        {
            return HealthCheckResult.Unhealthy($"the sidecar does not answer: {error.HttpRequestError}");
        }
    }

    private static HealthCheckResult Expect(HttpStatusCode expected, HttpResponseMessage response)
        => response.StatusCode == expected
            ? HealthCheckResult.Healthy($"a call without a token got {(int)expected}")
            : HealthCheckResult.Unhealthy($"a call without a token got {(int)response.StatusCode}, not {(int)expected}");

    private static async Task<HealthCheckResult> ExpectAnswer(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode && DiscoverRequest.IsAnswered(body))
        {
            return HealthCheckResult.Healthy("an MCP request got its answer");
        }

        return HealthCheckResult.Unhealthy(body.Length == 0
            ? $"an MCP request got {(int)response.StatusCode} with an empty body: the sidecar has no token"
            : $"an MCP request got {(int)response.StatusCode} without a JSON-RPC result");
    }
}
