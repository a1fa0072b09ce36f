using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>An app that its sidecar calls by itself: it answers as told, path by path, else 200 with nothing, and 404 to the questions of a start.</summary>
internal sealed class FeedApp(int? port = null) : RawServer(port)
{
    private readonly ConcurrentDictionary<string, Func<RawRequest, Task<(int Status, string Body)>>> _answers = new();

    /// <summary>What <c>/healthz</c> answers.</summary>
    public int HealthStatus { get; set; } = 200;

    public void Answer(string path, int status, string body = "") => _answers[path] = _ => Task.FromResult((status, body));

    public void Answer(string path, Func<RawRequest, Task<(int Status, string Body)>> answer) => _answers[path] = answer;

    /// <summary>Nothing comes from a path before the returned source is set, then 200.</summary>
    public TaskCompletionSource Hold(string path)
    {
        var release = new TaskCompletionSource();
        Answer(path, async _ =>
        {
            await release.Task;
            return (200, string.Empty);
        });
        return release;
    }

    /// <summary>What came to a path so far.</summary>
    public IReadOnlyList<RawRequest> At(string path) => [.. Requests.Where(request => request.Path == path)];

    public async Task<RawRequest> FirstAsync(string path, CancellationToken cancellationToken)
    {
        await Eventually.TrueAsync(() => At(path).Count > 0, $"something comes to {path}", cancellationToken);
        return At(path)[0];
    }

    protected override async Task<bool> AnswerAsync(RawRequest request, RawConnection connection)
    {
        var (status, body) = request.Path == "/healthz" ? (HealthStatus, string.Empty)
            : _answers.TryGetValue(request.Path, out var answer) ? await answer(request)
            : request.Path.StartsWith("/dapr/", StringComparison.Ordinal) ? (404, string.Empty)
            : (200, string.Empty);
        await connection.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n"));
        await connection.WriteAsync(Encoding.UTF8.GetBytes(body));
        return true;
    }
}
