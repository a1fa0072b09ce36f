namespace Aspire.Hosting.Processes;

/// <summary>
/// Starts a program as the leader of a process group, by a small program that then takes its place. A shell would not
/// do: some drop environment variables whose names are not names of shell variables, such as <c>Section__my-key</c>.
/// </summary>
internal static class SessionLauncher
{
    private static readonly string? s_setsid = Find("setsid");
    private static readonly string? s_perl = Find("perl");

    /// <summary>Whether programs get a group of their own on this machine.</summary>
    public static bool HasGroups { get; } = !OperatingSystem.IsWindows() && (s_setsid ?? s_perl) is not null;

    public static (string Program, IEnumerable<string> Arguments) Wrap(string program, IEnumerable<string> arguments)
        => OperatingSystem.IsWindows() ? (program, arguments)
            : s_setsid is not null ? (s_setsid, [program, .. arguments])
            : s_perl is not null ? (s_perl, ["-e", "setpgrp; exec { $ARGV[0] } @ARGV", program, .. arguments])
            : (program, arguments);

    private static string? Find(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
