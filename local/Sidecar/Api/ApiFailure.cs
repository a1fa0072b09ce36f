namespace McpAspire.Sidecar.Api;

/// <summary>A failure with the details that Dapr's newer errors have: over HTTP as JSON, over gRPC as a status with google.rpc messages.</summary>
internal sealed class ApiFailure(int status, int grpcStatus, string code, string message, string reason) : Exception(message)
{
    /// <summary>Over HTTP.</summary>
    public int Status => status;

    /// <summary>Over gRPC (grpc/grpc doc/statuscodes.md).</summary>
    public int GrpcStatus => grpcStatus;

    public string Code => code;

    /// <summary>Of the ErrorInfo.</summary>
    public string Reason => reason;

    /// <summary>Of the metric of error codes; null: it follows from the code.</summary>
    public string? Category { get; init; }

    /// <summary>Of the ErrorInfo; null is written as null.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Type and name of a ResourceInfo; null: there is none.</summary>
    public (string Type, string Name)? Resource { get; init; }

    /// <summary>Of the ResourceInfo.</summary>
    public string ResourceDescription { get; init; } = message;

    /// <summary>Of the ErrorInfo.</summary>
    public string Domain { get; init; } = "dapr.io";

    /// <summary>A page of a Help; null: there is none.</summary>
    public (string Url, string Description)? Help { get; init; }

    /// <summary>What a BadRequest says of a field; null: there is none.</summary>
    public (string Field, string Description)? Violation { get; init; }
}
