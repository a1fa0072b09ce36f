namespace McpAspire.Sidecar.Pipeline;

internal enum FilterVerdict
{
    /// <summary>The middleware is for this path.</summary>
    Applies,

    /// <summary>The path is none of its business.</summary>
    Passes,

    /// <summary>It depends on how often the path is decoded: refused.</summary>
    Ambiguous,
}
