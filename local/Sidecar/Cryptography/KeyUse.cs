namespace McpAspire.Sidecar.Cryptography;

/// <summary>What a JSON Web Key says it is for (RFC 7517, sections 4.2 to 4.4); nothing: for anything.</summary>
internal sealed record KeyUse(string Use, IReadOnlyList<string> Operations, string Algorithm)
{
    public static readonly KeyUse Any = new(string.Empty, [], string.Empty);

    public void Check(string operation, KeyWrapAlgorithm algorithm)
    {
        if (Use is not ("" or "enc") || (Operations.Count > 0 && !Operations.Contains(operation)))
        {
            throw new KeyException($"key cannot perform the '{operation}' operation");
        }

        if (Algorithm.Length > 0 && Algorithm != algorithm.Name())
        {
            throw new KeyException($"key cannot be used with algorithm '{algorithm.Name()}'");
        }
    }
}
