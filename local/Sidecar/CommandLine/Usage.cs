namespace McpAspire.Sidecar.CommandLine;

/// <summary>The help text.</summary>
internal static class Usage
{
    /// <summary>Defaults are those of <c>dapr run</c> or those of daprd, as it is called.</summary>
    public static string Text(bool asDaprRun) =>
        $"""
        A sidecar with Dapr's resources, HTTP API and command line.

        Usage:
          Sidecar run [flags] [-- command]   as "dapr run": ports are free ones unless given; the command is the app
          Sidecar [flags]                    as "daprd": ports have Dapr's defaults
          Sidecar check --resources-path folder --config file [--app-id id]
                  [--target embedded|daprd] [--output text|json|sarif]
                                             says what is wrong with resources, without starting

        Flags (one or two dashes, "--flag value" or "--flag=value"):
        {Names(FlagUse.Honoured, asDaprRun)}

        Older names, accepted with a warning:
        {Names(FlagUse.Deprecated, asDaprRun)}

        Accepted without effect:
        {Names(FlagUse.WithoutEffect, asDaprRun)}
        """;

    private static string Names(FlagUse use, bool asDaprRun)
        => string.Join('\n', Flags.ByName.Values.Where(flag => flag.Use == use).Select(flag => $"  {Short(flag)}--{flag.Name}{Value(flag)}{Default(flag, asDaprRun)}"));

    private static string Short(Flag flag)
        => Flags.ByShortName.FirstOrDefault(pair => pair.Value == flag.Name).Key is { } letter ? $"-{letter}, " : "    ";

    private static string Value(Flag flag) => flag.Kind switch
    {
        FlagKind.Switch => string.Empty,
        FlagKind.List => " value[,value…]",
        _ => " value",
    };

    private static string Default(Flag flag, bool asDaprRun)
    {
        var value = (asDaprRun ? Flags.DefaultsOfRun.GetValueOrDefault(flag.Name) : null) ?? flag.Default;
        return value is null ? string.Empty : $" (default {value})";
    }
}
