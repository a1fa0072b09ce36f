using System.Globalization;
using System.Text.RegularExpressions;

namespace McpAspire.AppHost;

/// <summary>
/// Copies of the shipped YAML and realm whose loopback addresses carry the ports of this run.
/// The originals are never edited.
/// </summary>
internal sealed partial class AdjustedCopy(IReadOnlyDictionary<int, int> ports)
{
    public void CopyFile(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, Adjust(File.ReadAllText(source)));
    }

    public void CopyFolder(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            CopyFile(file, Path.Combine(target, Path.GetRelativePath(source, file)));
        }
    }

    public string Adjust(string text)
        => LoopbackAddress().Replace(text, match =>
            int.TryParse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture, out var port) && ports.TryGetValue(port, out var chosen)
                ? $"{match.Groups["host"].Value}:{chosen}"
                : match.Value);

    [GeneratedRegex(@"\b(?<host>localhost|127\.0\.0\.1):(?<port>\d{1,5})\b")]
    private static partial Regex LoopbackAddress();
}
