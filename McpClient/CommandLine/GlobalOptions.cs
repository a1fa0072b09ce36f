using System.CommandLine;
using McpAspire.Client.Sidecar;

namespace McpAspire.Client.CommandLine;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    private const string Text = "text";
    private const string Json = "json";

    public static readonly Option<string> Output = CreateOutput();

    public static readonly Option<string?> Sidecar = new("--sidecar")
    {
        Description = $"Address of the sidecar. Default: DAPR_HTTP_ENDPOINT, then DAPR_HTTP_PORT, then {SidecarAddress.Default}.",
        HelpName = "URL",
        Recursive = true,
    };

    public static readonly Option<string> AppId = new("--app-id")
    {
        Description = "App id of the MCP server behind the sidecar.",
        DefaultValueFactory = _ => SidecarOptions.DefaultAppId,
        Recursive = true,
    };

    /// <summary>The sidecar that the command line and the environment name.</summary>
    public static SidecarOptions GetSidecar(this ParseResult parsed)
        => SidecarAddress.TryResolve(
            parsed.GetValue(Sidecar), parsed.GetValue(AppId), Environment.GetEnvironmentVariable, out var options, out var problem)
            ? options
            : throw new UsageException(problem);

    /// <summary>True when the result is for a program.</summary>
    public static bool WantsJson(this ParseResult parsed) => parsed.GetValue(Output) == Json;

    private static Option<string> CreateOutput()
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "text for people, json for programs.",
            HelpName = "text|json",
            DefaultValueFactory = _ => Text,
            Recursive = true,
        };
        return option.AcceptOnlyFromAmong(Text, Json);
    }
}
