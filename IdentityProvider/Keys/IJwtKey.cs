namespace McpAspire.IdentityProvider.Keys;

/// <summary>A key with the one algorithm it is used with: a token's header never chooses.</summary>
internal interface IJwtKey
{
    string Id { get; }

    string Algorithm { get; }

    int SignatureSize { get; }

    int Sign(ReadOnlySpan<byte> data, Span<byte> signature);

    bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
