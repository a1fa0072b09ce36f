namespace McpAspire.AppHost;

/// <summary>Which sidecar runs, and why.</summary>
/// <param name="Kind">Said at start: <c>dapr</c> or <c>embedded</c>.</param>
/// <param name="Reason">Said at start.</param>
/// <param name="Path">The program that takes <c>run …</c>.</param>
internal sealed record SidecarChoice(string Kind, string Reason, string Path)
{
    public static SidecarChoice Make(StackOptions options)
    {
        var cli = DaprCli();
        var daprd = System.IO.Path.Combine(HomeFolder, ".dapr", "bin", Commands.Executable("daprd"));
        return (options.Sidecar, cli) switch
        {
            ("embedded", _) => Embedded("McpAspire:Sidecar asks for it"),
            ("dapr", null) => throw new DistributedApplicationException(
                "McpAspire:Sidecar is 'dapr', but no dapr command line was found. Install it (docs.dapr.io, \"Install the Dapr CLI\"), or use 'embedded'."),
            ("dapr", not null) => new("dapr", "McpAspire:Sidecar asks for it", cli),
            (null, not null) when File.Exists(daprd) => new("dapr", "the dapr command line and daprd are installed", cli),
            (null, not null) => Embedded("the dapr command line is installed, but not daprd (run 'dapr init --slim')"),
            _ => Embedded("no dapr command line was found"),
        };
    }

    /// <summary>A real daprd, which starts unprotected without a word.</summary>
    public bool IsDaprd => Kind == "dapr";

    private static string HomeFolder => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static SidecarChoice Embedded(string reason)
    {
        var build = SidecarBuild.Choose(BuildFacts.SidecarFolder, BuildFacts.SidecarPublishFolder, BuildFacts.SidecarInputs);
        return new("embedded", $"{reason} ({build.Description})", build.Path);
    }

    private static string? DaprCli()
        => Array.Find([System.IO.Path.Combine(HomeFolder, "dapr", "dapr"), "/usr/local/bin/dapr", "/usr/bin/dapr"], File.Exists)
            ?? Commands.FindOnPath("dapr");
}
