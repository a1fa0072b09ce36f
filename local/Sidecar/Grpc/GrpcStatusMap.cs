using Grpc.Core;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Dapr's mapping between the codes of HTTP and of gRPC.</summary>
internal static class GrpcStatusMap
{
    /// <summary>For an answer of an app that speaks HTTP.</summary>
    public static StatusCode FromHttp(int status) => status switch
    {
        >= 200 and < 300 => StatusCode.OK,
        400 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        408 => StatusCode.Cancelled,
        409 => StatusCode.AlreadyExists,
        429 => StatusCode.ResourceExhausted,
        501 => StatusCode.Unimplemented,
        503 => StatusCode.Unavailable,
        504 => StatusCode.DeadlineExceeded,
        _ => StatusCode.Unknown,
    };

    /// <summary>For an answer of an app that speaks gRPC.</summary>
    public static int ToHttp(StatusCode code) => code switch
    {
        StatusCode.OK => 200,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => 400,
        StatusCode.Unauthenticated => 401,
        StatusCode.PermissionDenied => 403,
        StatusCode.NotFound => 404,
        StatusCode.Cancelled => 408,
        StatusCode.AlreadyExists or StatusCode.Aborted => 409,
        StatusCode.ResourceExhausted => 429,
        StatusCode.Unimplemented => 501,
        StatusCode.Unavailable => 503,
        StatusCode.DeadlineExceeded => 504,
        _ => 500,
    };

    /// <summary>For an error of Dapr's own API, which has a code for each of its errors; else by the HTTP status that the error has.</summary>
    public static StatusCode FromApi(string errorCode, int status) => errorCode switch
    {
        "ERR_SECRET_STORES_NOT_CONFIGURED" => StatusCode.FailedPrecondition,
        "ERR_SECRET_STORE_NOT_FOUND" => StatusCode.InvalidArgument,
        _ => status switch
        {
            400 => StatusCode.InvalidArgument,
            401 => StatusCode.Unauthenticated,
            403 => StatusCode.PermissionDenied,
            404 => StatusCode.NotFound,
            409 => StatusCode.Aborted,
            413 or 429 => StatusCode.ResourceExhausted,
            501 => StatusCode.Unimplemented,
            502 or 503 => StatusCode.Unavailable,
            _ => StatusCode.Internal,
        },
    };
}
