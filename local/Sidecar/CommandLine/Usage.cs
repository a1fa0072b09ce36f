namespace McpAspire.Sidecar.CommandLine;

/// <summary>The help text.</summary>
internal static class Usage
{
    public static string Text =>
        $"""
        A sidecar with Dapr's resources, HTTP API and command line.

        Usage:
          Sidecar run [flags] [-- command]   as "dapr run": ports are free ones unless given; the command is the app
          Sidecar [flags]                    as "daprd": ports have Dapr's defaults
          Sidecar check --resources-path folder --config file [--app-id id]
                  [--target embedded|daprd] [--output text|json|sarif]
                                             says what is wrong with resources, without starting

        Flags (one or two dashes, "--flag value" or "--flag=value"):
        {Names(FlagUse.Honoured)}

        Older names, accepted with a warning:
        {Names(FlagUse.Deprecated)}

        Accepted without effect:
        {Names(FlagUse.WithoutEffect)}
        """;

    private static string Names(FlagUse use)
        => string.Join('\n', Flags.ByName.Values.Where(flag => flag.Use == use).Select(flag => $"  --{flag.Name}{Value(flag)}"));

    private static string Value(Flag flag) => flag.Kind switch
    {
        FlagKind.Switch => string.Empty,
        FlagKind.List => " value[,value…]",
        _ => " value",
    };
}
