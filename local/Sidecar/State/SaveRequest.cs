namespace McpAspire.Sidecar.State;

/// <summary>An entry of a save request, or an operation of a transaction.</summary>
internal sealed class SaveRequest
{
    private static readonly byte[] _null = "null"u8.ToArray();

    public string Key { get; set; } = string.Empty;

    /// <summary>JSON, as <see cref="StoredJson"/> keeps it; what is not there is <c>null</c>.</summary>
    public byte[] Value { get; set; } = _null;

    public string? ETag { get; set; }

    public string Concurrency { get; set; } = string.Empty;

    public string Consistency { get; set; } = string.Empty;

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);
}

/// <summary>One of a transaction.</summary>
internal sealed record TransactionOperation(string Operation, SaveRequest Request);

/// <summary>The body of a bulk get.</summary>
internal sealed record BulkGetRequest(IReadOnlyList<string> Keys);
