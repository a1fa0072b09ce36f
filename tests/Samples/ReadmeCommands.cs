using System.Globalization;
using System.Text.RegularExpressions;

namespace McpAspire.Samples;

/// <summary>What a reader of the sample copies: its files and its <c>dapr run</c> lines, on the ports of this run.</summary>
internal sealed partial class ReadmeCommands : IDisposable
{
    private static readonly int[] _ports = [3500, 3501, 5100, 5200, 8080];

    private readonly Dictionary<int, int> _chosen = _ports.ToDictionary(port => port, _ => FreePort.Next());

    public ReadmeCommands()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "dapr-page");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, Adjust(File.ReadAllText(file)));
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("dapr-page-").FullName;

    public int Port(int documented) => _chosen[documented];

    /// <summary>The words of the README's <c>dapr run</c> for an app id, without what follows <c>--</c>.</summary>
    public string[] DaprRun(string appId)
    {
        var line = File.ReadLines(Path.Combine(Folder, "README.md")).Single(text => text.StartsWith($"dapr run --app-id {appId} ", StringComparison.Ordinal));
        var words = line.Split(' ');
        if (!words.Contains("--"))
        {
            return words;
        }

        Assert.Equal(["--", "dotnet", "run"], words[^3..]);
        return words[..^3];
    }

    /// <summary>The URLs of the README's two <c>curl</c> lines.</summary>
    public (Uri Start, Uri Read) Curl()
    {
        var lines = File.ReadLines(Path.Combine(Folder, "README.md")).Where(text => text.StartsWith("curl ", StringComparison.Ordinal)).Select(text => new Uri(text.Split(' ')[^1].Trim('"'))).ToArray();
        return (lines[0], lines[1]);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Adjust(string text)
        => DocumentedPort().Replace(text, match => _chosen.TryGetValue(int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture), out var port) ? $"{match.Groups["before"]}{port}" : match.Value);

    [GeneratedRegex(@"(?<before>localhost:|-port )(?<port>\d{4})\b")]
    private static partial Regex DocumentedPort();
}
