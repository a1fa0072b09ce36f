namespace Aspire.Hosting.Dashboard;

/// <summary>The dashboard's own output, kept in a file. It prints its login URL: keys are taken out first.</summary>
internal sealed class DashboardLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string[] _secrets;
    private readonly StreamWriter _writer;

    public DashboardLog(string path, DashboardOptions options)
    {
        Path = path;
        _secrets = [options.BrowserToken, options.OtlpApiKey, options.TelemetryApiKey, options.ResourceServiceApiKey];
        _writer = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    public string Path { get; }

    public void Write(string line)
    {
        foreach (var secret in _secrets)
        {
            line = line.Replace(secret, "…", StringComparison.Ordinal);
        }

        lock (_lock)
        {
            _writer.WriteLine(line);
        }
    }

    public void Dispose() => _writer.Dispose();
}
