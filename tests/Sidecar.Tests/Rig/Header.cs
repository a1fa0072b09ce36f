namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>One header line.</summary>
internal readonly record struct Header(string Name, string Value)
{
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

internal static class HeaderListExtensions
{
    public static string? Value(this IEnumerable<Header> headers, string name)
        => headers.Where(header => header.Is(name)).Select(header => header.Value).FirstOrDefault();

    public static string[] Values(this IEnumerable<Header> headers, string name)
        => [.. headers.Where(header => header.Is(name)).Select(header => header.Value)];
}
