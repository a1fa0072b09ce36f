using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Grpc.Protocol;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Secrets, as far as a Configuration's <c>secrets.scopes</c> opens them.</summary>
internal sealed partial class DaprService
{
    public override Task<GetSecretResponse> GetSecret(GetSecretRequest request, ServerCallContext context)
        => Calls.RunAsync(context, new ApiCall("secrets", HttpMethods.Get, $"/v1.0/secrets/{ApiPath.Part(request.StoreName)}/{ApiPath.Part(request.Key)}"), async sent =>
            await parts.Secrets.FindAsync(sent, request.StoreName, request.Key) is { } values
                ? new GetSecretResponse { Data = { values.ToDictionary() } }
                : null);

    public override Task<GetBulkSecretResponse> GetBulkSecret(GetBulkSecretRequest request, ServerCallContext context)
        => Calls.RunAsync(context, new ApiCall("secrets", HttpMethods.Get, $"/v1.0/secrets/{ApiPath.Part(request.StoreName)}/bulk"), async sent =>
        {
            if (await parts.Secrets.FindAllAsync(sent, request.StoreName) is not { } secrets)
            {
                return null;
            }

            var response = new GetBulkSecretResponse();
            foreach (var (name, values) in secrets)
            {
                response.Data[name] = new SecretResponse { Secrets = { values.ToDictionary() } };
            }

            return response;
        });
}
