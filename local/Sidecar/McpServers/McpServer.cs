using System.Net;
using System.Text.Json;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Middleware.ClientCredentials;
using McpAspire.Sidecar.Middleware.Tokens;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpAspire.Sidecar.McpServers;

/// <summary>
/// An MCP server that this sidecar is the client of. It is connected to once its resource is loaded, again and again until it answers:
/// where daprd ends, the sidecar is not ready (or, with <c>ignoreErrors</c>, ready without it).
/// </summary>
internal sealed partial class McpServer : IWarmUp, IAsyncDisposable
{
    /// <summary>What the SDK puts before the server's own words.</summary>
    private const string Remote = "Request failed (remote): ";

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(15);

    /// <summary>For the last calls, and for the end of the session.</summary>
    private static readonly TimeSpan _endWithin = TimeSpan.FromSeconds(10);

    private readonly SidecarOptions _options;
    private readonly ServiceTokenSource? _tokens;
    private readonly WorkflowPresence _workflows;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private McpSession? _session;
    private int _calls;
    private bool _isEnding;
    private bool _isOver;

    public McpServer(McpServerSettings settings, HttpMessageInvoker backchannel, SidecarOptions options, WorkflowPresence workflows, TimeProvider time, ILoggerFactory loggers)
    {
        (Settings, _options, _workflows, _time, _logger) = (settings, options, workflows, time, loggers.CreateLogger("dapr.runtime.processor.loops.mcpserver"));
        _tokens = Tokens(settings, backchannel, time);
    }

    public McpServerSettings Settings { get; }

    public string Name => Settings.Resource.Name;

    public bool IsReady => Settings.Resource.IgnoresErrors || IsConnected;

    /// <summary>Its tools are known, as they were when the session was opened.</summary>
    public bool IsConnected => Volatile.Read(ref _session) is not null;

    /// <summary>Done when it has been connected to, or could not be at the first try.</summary>
    public Task Tried => _tried.Task;

    public bool Has(string tool) => Volatile.Read(ref _session)?.ByName.ContainsKey(tool) == true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = _firstPause;
        while (!IsConnected)
        {
            try
            {
                await OpenAsync(null, cancellationToken);
            }
            catch (Exception exception) when (IsFailure(exception, cancellationToken))
            {
                Log.NotConnected(_logger, Name, OwnReason(exception), pause.TotalSeconds);
                _tried.TrySetResult();
                await Task.Delay(pause, _time, cancellationToken);
                pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
            }
        }
    }

    /// <summary>A <see cref="ListToolsResult"/> as JSON.</summary>
    public async Task<string> ListToolsAsync(CancellationToken cancellationToken)
    {
        using var call = Begin();
        var session = await OpenAsync(null, cancellationToken);
        return JsonSerializer.Serialize(new ListToolsResult { Tools = [.. session.Tools] }, McpJsonUtilities.DefaultOptions.GetTypeInfo<ListToolsResult>());
    }

    /// <summary>A <see cref="CallToolResult"/> as JSON; what goes wrong is one with <c>isError</c>, which is what an agent reads.</summary>
    public async Task<string> CallToolAsync(string tool, IDictionary<string, JsonElement>? arguments, CancellationToken cancellationToken)
    {
        using var call = Begin();
        if (MissingArguments(tool, arguments) is { Length: > 0 } missing)
        {
            return Error($"call-tool: missing required argument(s) for tool \"{tool}\": {missing}");
        }

        using var limit = new CancellationTokenSource(Limit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await CallAsync(new CallToolRequestParams { Name = tool, Arguments = arguments }, linked.Token);
            return JsonSerializer.Serialize(result, McpJsonUtilities.DefaultOptions.GetTypeInfo<CallToolResult>());
        }
        catch (Exception exception) when (IsFailure(exception, cancellationToken))
        {
            return Error($"call-tool: initial call failed for \"{Name}\": {Reason(exception)} (tool \"{tool}\")");
        }
    }

    public static string Error(string text)
        => JsonSerializer.Serialize(new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = text }] }, McpJsonUtilities.DefaultOptions.GetTypeInfo<CallToolResult>());

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isEnding = true;
            if (_calls == 0)
            {
                _idle.TrySetResult();
            }
        }

        await _idle.Task.WaitAsync(_endWithin, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        McpSession? session;
        lock (_lock)
        {
            (session, _session, _isOver) = (_session, null, true);
        }

        if (session is not null)
        {
            _workflows.Remove();
            await CloseAsync(session);
        }
    }

    private TimeSpan Limit => Settings.Resource.Timeout > TimeSpan.Zero ? Settings.Resource.Timeout : Timeout.InfiniteTimeSpan;

    /// <summary>A session that the server does not know any more is opened anew: the call was not made. Anything else may have been, and is not made again.</summary>
    private async Task<CallToolResult> CallAsync(CallToolRequestParams call, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(null, cancellationToken);
        try
        {
            return await session.CallAsync(call, cancellationToken);
        }
        catch (Exception exception) when (WasNotMade(exception))
        {
            Log.Lost(_logger, Name);
            return await (await OpenAsync(session, cancellationToken)).CallAsync(call, cancellationToken);
        }
    }

    /// <summary>Opens a session, if there is none, or only <paramref name="lost"/> or one that has ended.</summary>
    private async Task<McpSession> OpenAsync(McpSession? lost, CancellationToken cancellationToken)
    {
        if (Current(lost) is { } open)
        {
            return open;
        }

        using var limit = new CancellationTokenSource(Limit == Timeout.InfiniteTimeSpan ? McpServerResource.DefaultTimeout : Limit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await _opening.WaitAsync(linked.Token);
        try
        {
            if (Current(lost) is { } current)
            {
                return current;
            }

            var opened = await McpSession.OpenAsync(Settings, _options, _tokens, linked.Token);
            Use(opened);

            Log.Connected(_logger, Name, opened.Tools.Count);
            return opened;
        }
        finally
        {
            _opening.Release();
        }
    }

    private McpSession? Current(McpSession? lost) => Volatile.Read(ref _session) is { IsOver: false } current && !ReferenceEquals(current, lost) ? current : null;

    /// <summary>Throws when the server has been ended meanwhile: nobody would end the session.</summary>
    private void Use(McpSession opened)
    {
        McpSession? earlier;
        lock (_lock)
        {
            (earlier, _session) = _isOver ? (opened, _session) : (_session, opened);
        }

        if (earlier is not null)
        {
            _ = CloseAsync(earlier);
        }
        else
        {
            _workflows.Add();
        }

        _tried.TrySetResult();
        ObjectDisposedException.ThrowIf(ReferenceEquals(earlier, opened), this);
    }

    private async Task CloseAsync(McpSession session)
        => await session.DisposeAsync().AsTask().WaitAsync(_endWithin, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private string MissingArguments(string tool, IDictionary<string, JsonElement>? arguments)
    {
        if (Volatile.Read(ref _session)?.ByName.GetValueOrDefault(tool)?.InputSchema is not { ValueKind: JsonValueKind.Object } schema
            || !schema.TryGetProperty("required", out var required) || required.ValueKind != JsonValueKind.Array)
        {
            return string.Empty;
        }

        return string.Join(", ", required.EnumerateArray()
            .Where(name => name.ValueKind == JsonValueKind.String)
            .Select(name => name.GetString()!)
            .Where(name => arguments?.ContainsKey(name) != true));
    }

    private static ServiceTokenSource? Tokens(McpServerSettings settings, HttpMessageInvoker backchannel, TimeProvider time)
    {
        if (settings.Resource.OAuth2 is not { } oauth2)
        {
            return null;
        }

        var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" };
        if (oauth2.Scopes.Count > 0)
        {
            parameters["scope"] = string.Join(' ', oauth2.Scopes);
        }

        if (oauth2.Audience is { } audience)
        {
            parameters["audience"] = audience;
        }

        return new ServiceTokenSource(new TokenClient(backchannel, oauth2.TokenUrl, oauth2.ClientId, settings.ClientSecret, ClientAuthentication.Detect, time), parameters, time);
    }

    private static bool IsFailure(Exception exception, CancellationToken cancellationToken)
        => exception is not OutOfMemoryException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    private static bool WasNotMade(Exception exception)
        => exception is HttpRequestException { StatusCode: HttpStatusCode.NotFound } or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };

    /// <summary>For the caller of a tool, who is told what the server said.</summary>
    private string Reason(Exception exception)
        => exception is McpProtocolException && exception.Message.StartsWith(Remote, StringComparison.Ordinal) ? $"calling \"tools/call\": {exception.Message[Remote.Length..]}" : OwnReason(exception);

    /// <summary>For the log: nothing that the server said, which may be the token that it was sent.</summary>
    private string OwnReason(Exception exception) => exception switch
    {
        OperationCanceledException => $"no answer within {Limit.TotalSeconds:0.###} s",
        TokenRequestException => $"no token for this call: {exception.Message}",
        HttpRequestException { StatusCode: { } status } => $"the server answered {(int)status}",
        HttpRequestException => "the server cannot be reached",
        McpProtocolException protocol => $"the server answered an error ({(int)protocol.ErrorCode})",
        LimitException or InvalidDataException => exception.Message,
        _ => exception.GetBaseException() is var inner && inner != exception ? OwnReason(inner) : $"the connection failed ({exception.GetType().Name})",
    };

    private CallInProgress Begin()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
            _calls++;
        }

        return new CallInProgress(this);
    }

    private void End()
    {
        lock (_lock)
        {
            if (--_calls == 0 && _isEnding)
            {
                _idle.TrySetResult();
            }
        }
    }

    private readonly struct CallInProgress(McpServer server) : IDisposable
    {
        public void Dispose() => server.End();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "MCPServer {Name} is connected: {Tools} tool(s)")]
        public static partial void Connected(ILogger logger, string name, int tools);

        [LoggerMessage(2, LogLevel.Warning, "MCPServer {Name}: failed to connect: {Reason}; next try in {Seconds} s")]
        public static partial void NotConnected(ILogger logger, string name, string reason, double seconds);

        [LoggerMessage(3, LogLevel.Warning, "call-tool: connection lost for {Name}, reconnecting")]
        public static partial void Lost(ILogger logger, string name);
    }
}
