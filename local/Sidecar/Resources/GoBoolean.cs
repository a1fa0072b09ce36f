namespace McpAspire.Sidecar.Resources;

/// <summary>A switch as Go reads it (strconv.ParseBool).</summary>
internal static class GoBoolean
{
    /// <summary>Null: it is none.</summary>
    public static bool? Parse(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
