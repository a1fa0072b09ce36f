using System.Globalization;
using McpAspire.Sidecar.Api;

namespace McpAspire.Sidecar.State;

/// <summary>Dapr's errors of the state API (dapr pkg/api/errors/state.go).</summary>
internal static class StateErrors
{
    private const int InvalidArgument = 3;
    private const int FailedPrecondition = 9;
    private const int Unimplemented = 12;
    private const int Internal = 13;

    /// <param name="store">The name in the request.</param>
    /// <param name="appId">Named in the details; null: it is not.</param>
    public static ApiFailure NotConfigured(string store, string? appId)
        => new(StatusCodes.Status500InternalServerError, FailedPrecondition, "ERR_STATE_STORE_NOT_CONFIGURED", $"state store {store} is not configured", "DAPR_STATE_NOT_CONFIGURED") { Metadata = Of(appId) };

    /// <inheritdoc cref="NotConfigured"/>
    public static ApiFailure NotFound(string store, string? appId)
        => new(StatusCodes.Status400BadRequest, InvalidArgument, "ERR_STATE_STORE_NOT_FOUND", $"state store {store} is not found", "DAPR_STATE_NOT_FOUND") { Metadata = Of(appId) };

    public static ApiFailure InvalidKey(string store, string key, string message)
        => new(StatusCodes.Status400BadRequest, InvalidArgument, "ERR_MALFORMED_REQUEST", message, "DAPR_STATE_ILLEGAL_KEY")
        {
            Category = "state",
            Metadata = null,
            Resource = ("state", store),
            ResourceDescription = string.Empty,
            Violation = (key, message),
        };

    /// <summary>Over HTTP Dapr says of a key what it says over gRPC, wrapped once more.</summary>
    public static ApiFailure OverHttp(ApiFailure failure)
        => failure is { Violation: { } violation, Resource: { } resource }
            ? InvalidKey(resource.Name, violation.Field, $"api error: code = InvalidArgument desc = {failure.Message}")
            : failure;

    public static ApiFailure QueryUnsupported(string store)
        => new(StatusCodes.Status500InternalServerError, Internal, "ERR_STATE_STORE_NOT_SUPPORTED", "state store does not support querying", "DAPR_STATE_QUERYING_NOT_SUPPORTED")
        {
            Metadata = null,
            Resource = ("state", store),
            ResourceDescription = string.Empty,
        };

    public static ApiFailure QueryFailed(string store, string reason)
        => new(StatusCodes.Status500InternalServerError, Internal, "ERR_STATE_QUERY", $"state store {store} query failed: {reason}", "DAPR_STATE_QUERY_FAILED")
        {
            Metadata = null,
            Resource = ("state", store),
            ResourceDescription = string.Empty,
        };

    public static ApiFailure NoTransactions(string store)
        => new(StatusCodes.Status500InternalServerError, Unimplemented, "ERR_STATE_STORE_NOT_SUPPORTED", $"state store {store} doesn't support transactions", "DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED")
        {
            Metadata = null,
            Resource = ("state", store),
            ResourceDescription = string.Empty,
            Help = ("https://docs.dapr.io/reference/components-reference/supported-state-stores/", "Check the list of state stores and the features they support"),
        };

    public static ApiFailure TooManyOperations(string store, int count, long most)
        => new(StatusCodes.Status400BadRequest, InvalidArgument, "ERR_STATE_STORE_TOO_MANY_TRANSACTIONS", $"the transaction contains {count} operations, which is more than what the state store supports: {most}", "DAPR_STATE_TOO_MANY_TRANSACTIONS")
        {
            Metadata = new Dictionary<string, string>
            {
                ["currentOpsTransaction"] = count.ToString(CultureInfo.InvariantCulture),
                ["maxOpsPerTransaction"] = most.ToString(CultureInfo.InvariantCulture),
            },
            Resource = ("state", store),
            ResourceDescription = string.Empty,
        };

    private static Dictionary<string, string>? Of(string? appId) => appId is null ? null : new Dictionary<string, string> { ["appID"] = appId };
}
