using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Bindings;

/// <summary>
/// <c>bindings.http</c>: calls the URL of the component, and paths behind it. Redirects are not followed: headers go where the
/// component says.
/// </summary>
internal sealed class HttpBinding(HttpBindingSettings settings, HttpMessageInvoker client, TimeProvider time) : IOutputBinding
{
    private static readonly string[] _notPassed = ["Host", "Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "Te", "Trailer", "Expect"];

    public IReadOnlyList<string> Capabilities { get; } = ["OUTPUT_BINDING"];

    public IReadOnlyList<string> Operations { get; } = ["create", "get", "head", "post", "put", "patch", "delete", "options", "trace"];

    public static HttpBinding Create(ComponentSettings settings, EmbeddedHost host, ICollection<string> warnings)
    {
        var read = HttpBindingSettings.Read(settings, warnings);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        };
        read.Tls?.Invoke(handler.SslOptions);
        return new HttpBinding(read, new HttpMessageInvoker(new OneMessageHandler(handler)), host.Time);
    }

    public async Task<BindingAnswer?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var metadata = request.Metadata;
        using var message = new HttpRequestMessage(Verb(request.Operation), Url(metadata.GetValueOrDefault("path")));
        AddHeaders(message, request);
        using var limit = new CancellationTokenSource(settings.ResponseTimeout ?? Timeout.InfiniteTimeSpan, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await client.SendAsync(message, linked.Token);
            var answer = new BindingAnswer(await BodyAsync(response, linked.Token), Metadata(response));
            var errorIfNot2xx = metadata.GetValueOrDefault("errorIfNot2XX") is { Length: > 0 } text ? IsTruthy(text) : settings.ErrorIfNot2xx;
            return errorIfNot2xx && !response.IsSuccessStatusCode
                ? throw new BindingException($"received status code {(int)response.StatusCode}", answer)
                : answer;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BindingException("context deadline exceeded");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new BindingException(exception.Message);
        }
    }

    public void Dispose() => client.Dispose();

    private static HttpMethod Verb(string operation) => operation.ToUpperInvariant() switch
    {
        "CREATE" => HttpMethod.Post,
        var verb => new HttpMethod(verb),
    };

    /// <summary>The component's URL, and behind it whatever the call says; never above it.</summary>
    private Uri Url(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return new Uri(settings.Url);
        }

        if (path.AsSpan().ContainsAny('\r', '\n', '\\') || Uri.UnescapeDataString(path.Split('?', '#')[0]).Split('/', '\\').Contains(".."))
        {
            throw new BindingException("the path leads out of the url of the component");
        }

        if (!Uri.TryCreate($"{settings.Url.TrimEnd('/')}/{path.TrimStart('/')}", UriKind.Absolute, out var found))
        {
            throw new BindingException("the path makes no URL");
        }

        // What counts is what it was read as: a space behind the dots is taken off.
        return found.AbsolutePath.StartsWith($"{new Uri(settings.Url).AbsolutePath.TrimEnd('/')}/", StringComparison.Ordinal)
            ? found
            : throw new BindingException("the path leads out of the url of the component");
    }

    private void AddHeaders(HttpRequestMessage message, BindingRequest request)
    {
        var metadata = request.Metadata;
        if (message.Method == HttpMethod.Post || message.Method == HttpMethod.Put || message.Method == HttpMethod.Patch)
        {
            message.Content = new ByteArrayContent(request.Data.ToArray()); // its own: it may still be on its way when the call is over
            message.Content.Headers.TryAddWithoutValidation("Content-Type", metadata.GetValueOrDefault("Content-Type", "application/json; charset=utf-8"));
        }

        message.Headers.TryAddWithoutValidation("Accept", metadata.GetValueOrDefault("Accept", "application/json; charset=utf-8"));
        message.Headers.TryAddWithoutValidation("User-Agent", metadata.GetValueOrDefault("User-Agent", HttpClients.NamelessUserAgent));
        foreach (var (name, value) in metadata)
        {
            // As in Dapr: what begins with a capital letter is a header.
            if (name is [>= 'A' and <= 'Z', ..]
                && name is not ("Content-Type" or "Accept" or "User-Agent")
                && !_notPassed.Contains(name, StringComparer.OrdinalIgnoreCase)
                && !message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["traceparent", "tracestate", "baggage"])
        {
            if (metadata.GetValueOrDefault(name) is { Length: > 0 } value)
            {
                message.Headers.Remove(name);
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (settings.SecurityTokenHeader is { } header)
        {
            message.Headers.Remove(header);
            message.Headers.TryAddWithoutValidation(header, settings.SecurityToken);
        }
    }

    private async Task<ReadOnlyMemory<byte>> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var body = new BoundedBuffer(settings.MaxResponseBody);
        try
        {
            await response.Content.CopyToAsync(body, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.InnerException is IOException inner)
        {
            throw new BindingException(inner.Message);
        }

        return body.Written;
    }

    private static List<KeyValuePair<string, string>> Metadata(HttpResponseMessage response)
    {
        var code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        var metadata = new List<KeyValuePair<string, string>>
        {
            KeyValuePair.Create("statusCode", code),
            KeyValuePair.Create("status", $"{code} {response.ReasonPhrase}"),
        };
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            metadata.Add(KeyValuePair.Create(name, string.Join(", ", values)));
        }

        return metadata;
    }

    /// <summary>As dapr/kit reads a switch.</summary>
    internal static bool IsTruthy(string text) => text.Trim().ToLowerInvariant() is "y" or "yes" or "true" or "t" or "on" or "1";
}

/// <summary>The metadata of an http binding.</summary>
internal sealed record HttpBindingSettings(string Url, int MaxResponseBody, TimeSpan? ResponseTimeout, bool ErrorIfNot2xx, string? SecurityTokenHeader, string? SecurityToken, Action<SslClientAuthenticationOptions>? Tls)
{
    /// <summary>daprd's is 100 MB; an answer is held in memory.</summary>
    private const int DefaultMaxResponseBody = 16 * 1024 * 1024;

    private static readonly string[] _keys =
    [
        "direction", "errorIfNot2XX", "maxResponseBodySize", "mtlsClientCert", "mtlsClientKey", "mtlsRootCA", "responseTimeout", "securityToken", "securityTokenHeader", "url",
    ];

    /// <summary>Never its values: the token and a key are among them.</summary>
    public override string ToString() => "http";

    public static HttpBindingSettings Read(ComponentSettings settings, ICollection<string> warnings)
    {
        foreach (var unknown in settings.Unknown(_keys))
        {
            warnings.Add(unknown);
        }

        var url = settings.RequiredUrl("url").OriginalString;
        var token = settings.Text("securityToken");
        return new HttpBindingSettings(
            url,
            MaxResponse(settings),
            ResponseTimeoutOf(settings),
            settings.Text("errorIfNot2XX") is not { } text || HttpBinding.IsTruthy(text),
            token is null || settings.Text("securityTokenHeader") is null ? null : settings.RequiredHeaderName("securityTokenHeader"),
            token,
            TlsOf(settings));
    }

    private static int MaxResponse(ComponentSettings settings)
    {
        if (settings.Text("maxResponseBodySize") is not { } text)
        {
            return DefaultMaxResponseBody;
        }

        return Quantity.TryParse(text, out var bytes) && bytes is > 0 and <= int.MaxValue
            ? (int)bytes
            : throw settings.Wrong("maxResponseBodySize", $"'maxResponseBodySize' of the component '{settings.Component.Name}' is '{text}'; allowed is a number of bytes such as 4Mi, up to 2Gi.");
    }

    private static TimeSpan? ResponseTimeoutOf(ComponentSettings settings)
        => settings.Text("responseTimeout") is not { } text ? null
            : GoDuration.TryParse(text, out var duration) && duration > TimeSpan.Zero ? duration
            : throw settings.Wrong("responseTimeout", $"'responseTimeout' of the component '{settings.Component.Name}' is '{text}'; allowed is a duration such as 5s.");

    private static Action<SslClientAuthenticationOptions>? TlsOf(ComponentSettings settings)
    {
        var (root, certificate, key) = (settings.Text("mtlsRootCA"), settings.Text("mtlsClientCert"), settings.Text("mtlsClientKey"));
        if (root is null && certificate is null)
        {
            return null;
        }

        try
        {
            return HttpClients.Trusting(
                root is null ? null : X509Certificate2.CreateFromPem(Pem(root)),
                certificate is null || key is null ? null : X509Certificate2.CreateFromPem(Pem(certificate), Pem(key)));
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw settings.Wrong("mtlsRootCA", $"'mtlsRootCA', 'mtlsClientCert' or 'mtlsClientKey' of the component '{settings.Component.Name}' is neither a PEM certificate or key nor a file with one.");
        }
    }

    private static string Pem(string textOrFile) => textOrFile.Contains("-----BEGIN", StringComparison.Ordinal) ? textOrFile : File.ReadAllText(textOrFile);
}
