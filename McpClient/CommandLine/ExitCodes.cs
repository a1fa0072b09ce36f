namespace McpAspire.Client.CommandLine;

/// <summary>What the process returns; also listed by <c>--help</c>.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int ToolError = 1;
    public const int Usage = 2;
    public const int NotAuthorised = 3;
    public const int Unreachable = 4;

    public const string Legend =
        "Exit codes: 0 done, 1 the tool or the server reported an error, 2 bad input, 3 not authorised, 4 sidecar or server unreachable.";
}
