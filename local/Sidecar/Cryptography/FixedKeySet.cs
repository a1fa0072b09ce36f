namespace McpAspire.Sidecar.Cryptography;

/// <summary>A set that stands in the component.</summary>
internal sealed class FixedKeySet(Dictionary<string, WrappingKey> keys) : IKeySet
{
    /// <summary>As JSON, or as that in base64; null: it is neither.</summary>
    public static FixedKeySet? Read(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        try
        {
            return new FixedKeySet(JsonWebKeys.ReadSet(text.TrimStart() is ['{', ..] ? bytes : Base64Text.Decode(bytes) ?? throw new KeyException("it is no JSON")));
        }
        catch (KeyException)
        {
            return null;
        }
    }

    public bool HasSecrets => keys.Values.Any(key => key.IsSecret);

    public ValueTask<WrappingKey?> FindAsync(string id, CancellationToken cancellationToken) => new(keys.GetValueOrDefault(id)?.Copy());

    /// <summary>A call that came before may still be using them.</summary>
    public void Dispose()
    {
    }
}
