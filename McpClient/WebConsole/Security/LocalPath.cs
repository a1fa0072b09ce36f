namespace McpAspire.Client.WebConsole.Security;

/// <summary>A path of this site, and nothing that a browser could read as another one.</summary>
internal static class LocalPath
{
    public static string OrHome(string? path)
        => path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) && path.Length <= 1024 ? path : "/";
}
