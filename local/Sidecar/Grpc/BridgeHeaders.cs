namespace McpAspire.Sidecar.Grpc;

/// <summary>
/// What gRPC says and HTTP has no word for, on its way through this sidecar and to another one. They come from a gRPC app
/// or its sidecar, and go to a gRPC caller: no other caller or app sees them.
/// </summary>
internal static class BridgeHeaders
{
    /// <summary>Its presence says that a gRPC app answered.</summary>
    public const string Status = Prefix + "status";

    public const string Message = Prefix + "message";

    /// <summary>A <c>google.rpc.Status</c>, in Base64.</summary>
    public const string Details = Prefix + "details";

    /// <summary>The <c>type_url</c> of the data, of a request too.</summary>
    public const string TypeUrl = Prefix + "type-url";

    private const string Prefix = "dapr-bridge-";

    /// <summary>Null: no gRPC app answered.</summary>
    public static int? StatusOf(HttpResponseMessage response)
        => response.Headers.NonValidated.TryGetValues(Status, out var values) && int.TryParse(values.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var code) ? code : null;

    /// <summary>An error of this sidecar, for the gRPC caller of the one that called.</summary>
    public static void SetError(IHeaderDictionary headers, int httpStatus, string message)
    {
        headers[Status] = ((int)GrpcStatusMap.FromApi(string.Empty, httpStatus)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        headers[Message] = GrpcErrors.Encode(message);
    }

    public static bool Contains(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
}
