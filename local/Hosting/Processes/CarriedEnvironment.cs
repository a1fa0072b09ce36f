using System.Globalization;

namespace Aspire.Hosting.Processes;

/// <summary>
/// Brings variables past the shell of the supervisor. A shell drops every variable whose name is not one of its own,
/// such as <c>ConnectionStrings__my-db</c> or <c>services__my-api__http__0</c>: these travel under a plain name,
/// and get their own back in the moment the program starts.
/// </summary>
internal static class CarriedEnvironment
{
    private const string Carrier = "LOCAL_HOSTING_CARRIED_";

    /// <summary>Renames what a shell would drop, and returns the shell's command that starts the program with the names restored.</summary>
    public static string Pack(IDictionary<string, string?> environment)
    {
        var carriers = new List<string>();
        foreach (var name in environment.Keys.Where(name => !IsShellName(name)).ToList())
        {
            var carrier = Carrier + carriers.Count.ToString(CultureInfo.InvariantCulture);
            environment[carrier] = $"{name}={environment[name]}";
            environment.Remove(name);
            carriers.Add(carrier);
        }

        return carriers.Count == 0
            ? "exec \"$@\""
            : $"exec env {string.Join(' ', carriers.Select(carrier => $"-u {carrier}"))} {string.Join(' ', carriers.Select(carrier => $"\"${carrier}\""))} \"$@\"";
    }

    private static bool IsShellName(string name)
        => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
