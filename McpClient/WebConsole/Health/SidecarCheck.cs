using System.Net;
using System.Text;
using McpAspire.Client.Sidecar;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;

namespace McpAspire.Client.WebConsole.Health;

/// <summary>Ready when the sidecar answers an MCP call: asks for a sign-in, refuses, or lets it through.</summary>
internal sealed class SidecarCheck(McpConnector connector) : IHealthCheck
{
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

    // A probe every few seconds would fill the trace list of everybody: not sampled, here and in the sidecar.
    private const string Unsampled = "00-00000000000000000000000000000001-0000000000000001-00";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        using var untraced = SuppressInstrumentationScope.Begin();
        using var http = connector.CreateRawHttpClient(sessionValue: null);
        using var request = new HttpRequestMessage(HttpMethod.Post, connector.Options.McpEndpoint)
        {
            Content = new StringContent(Ping, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("traceparent", Unsampled);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.Found => HealthCheckResult.Healthy(),
                HttpStatusCode.Unauthorized when await RefusesAppAsync(response, cancellationToken)
                    => HealthCheckResult.Unhealthy("The sidecar does not know this program: DAPR_API_TOKEN is missing or is not the sidecar's."),
                HttpStatusCode.Unauthorized => HealthCheckResult.Healthy(),
                HttpStatusCode.OK when response.Content.Headers.ContentLength != 0 => HealthCheckResult.Healthy(),
                HttpStatusCode.OK => HealthCheckResult.Unhealthy("The sidecar gives empty answers: it cannot get a token."),
                var status => HealthCheckResult.Unhealthy($"The sidecar answers {(int)status} to an MCP call."),
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return HealthCheckResult.Unhealthy($"No sidecar answers at {connector.Options.Endpoint}.");
        }
    }

    private static async Task<bool> RefusesAppAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        => (await SidecarError.ReadTextAsync(response, cancellationToken)).Contains(SidecarError.WrongApiToken, StringComparison.OrdinalIgnoreCase);
}
