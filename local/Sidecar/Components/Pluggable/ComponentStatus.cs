using Google.Protobuf;
using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Grpc.Protocol;
using RpcStatus = McpAspire.Sidecar.Grpc.Protocol.Status;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>The gRPC status of a component in the words that Dapr has for it.</summary>
internal static class ComponentStatus
{
    private const int MaxDetails = 16 * 1024;

    /// <summary>As Go prints an error of gRPC.</summary>
    public static string Text(RpcException exception) => $"rpc error: code = {Name(exception.StatusCode)} desc = {exception.Status.Detail}";

    /// <summary>The error that the component wants its caller to get, code by code; null: it says none.</summary>
    public static ApiFailure? Own(RpcException exception)
    {
        if (Details(exception) is not [var detail] || !detail.TryUnpack<ErrorInfo>(out var info) || info.Metadata.GetValueOrDefault("kit_error") != "true"
            || !int.TryParse(info.Metadata.GetValueOrDefault("http_code"), out var http))
        {
            return null;
        }

        return new ApiFailure(http is >= 400 and <= 599 ? http : StatusCodes.Status500InternalServerError, (int)exception.StatusCode, info.Metadata.GetValueOrDefault("tag") ?? string.Empty, exception.Status.Detail, info.Reason)
        {
            Domain = info.Domain,
            Metadata = null,
            Category = "pluggable-component",
        };
    }

    /// <summary>As Go prints <see cref="Own"/>.</summary>
    public static string OwnText(RpcException exception) => $"api error: code = {Name(exception.StatusCode)} desc = {exception.Status.Detail}";

    /// <summary>What the component says is wrong with the ETag; null: it is not the ETag.</summary>
    public static string? ETagProblem(RpcException exception)
        => Details(exception) is [var detail] && detail.TryUnpack<BadRequest>(out var bad) && bad.FieldViolations is [{ Field: "etag" } violation] ? violation.Description : null;

    private static IReadOnlyList<Google.Protobuf.WellKnownTypes.Any> Details(RpcException exception)
    {
        try
        {
            return exception.Trailers.Get(GrpcErrors.DetailsTrailer) is { ValueBytes: { Length: <= MaxDetails } bytes } ? RpcStatus.Parser.ParseFrom(bytes).Details : [];
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }

    private static string Name(StatusCode code) => code == StatusCode.Cancelled ? "Canceled" : code.ToString();
}
