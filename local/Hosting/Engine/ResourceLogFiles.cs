using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>Writes the log of each process to a file of the run folder, up to a size.</summary>
internal sealed class ResourceLogFiles(EngineRunFolder folder, ResourceLoggerService loggers) : IDisposable
{
    private const long Longest = 20 * 1024 * 1024;

    private readonly List<(ResourceLog Log, StreamWriter File)> _files = [];

    public void Open(IResource resource)
    {
        var file = new StreamWriter(folder.File($"{resource.Name}.log"), append: true) { AutoFlush = true };
        var isFull = false;
        var log = loggers.Log(resource.Name);
        _files.Add((log, file));
        log.Written = line =>
        {
            if (isFull)
            {
                return;
            }

            file.WriteLine(line.Content);
            if (file.BaseStream.Length > Longest)
            {
                isFull = true;
                file.WriteLine("This file is full. The log goes on in the dashboard.");
            }
        };
    }

    public void Dispose()
    {
        foreach (var (log, file) in _files)
        {
            log.Written = null;
            file.Dispose();
        }
    }
}
