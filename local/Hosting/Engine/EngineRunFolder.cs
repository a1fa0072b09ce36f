using System.Diagnostics;

namespace Aspire.Hosting.Engine;

/// <summary>The folder of this run in the system's temporary folder, readable by its owner only: the logs, and what the engine itself needs.</summary>
internal sealed class EngineRunFolder : IDisposable
{
    private const string Prefix = "local-hosting-";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    private readonly bool _isKept;

    public EngineRunFolder(EngineMode mode)
    {
        // A run that nobody watches leaves nothing behind; the logs of others can be read after their end.
        _isKept = !mode.IsInTest;
        Path = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName;
        RemoveOld(System.IO.Path.GetDirectoryName(Path)!);
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (!_isKept)
        {
            TryDelete(Path);
        }
    }

    private static void RemoveOld(string folder)
    {
        foreach (var old in Directory.EnumerateDirectories(folder, $"{Prefix}*"))
        {
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(old) > Kept && !IsInUse(old))
            {
                TryDelete(old);
            }
        }
    }

    private static bool IsInUse(string folder)
    {
        if (!int.TryParse(System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0], out var owner))
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(owner);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or still in use: the next run tries again.
        }
    }
}
