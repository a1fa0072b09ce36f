using System.Diagnostics;

namespace Aspire.Hosting.Dashboard;

/// <summary>The environment of Aspire's own programs.</summary>
internal static class ChildEnvironment
{
    // Named ones only: a DASHBOARD__* or ASPNETCORE_* of the user's shell could open what is closed here.
    private static readonly string[] Inherited =
    [
        "PATH", "PATHEXT", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH",
        "SystemRoot", "SystemDrive", "windir", "ComSpec", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",
    ];

    /// <summary>Leaves what a program needs to run and gives it <paramref name="home"/> to keep its files in.</summary>
    public static void Isolate(ProcessStartInfo start, string home)
    {
        var kept = Inherited
            .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
            .Where(variable => variable.Value is not null)
            .ToArray();

        start.Environment.Clear();
        foreach (var (name, value) in kept)
        {
            start.Environment[name] = value;
        }

        foreach (var name in (string[])["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"])
        {
            start.Environment[name] = home;
        }
    }
}
