using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace McpAspire.Sidecar.Middleware.Tokens;

/// <summary>How a client proves itself at the token endpoint: Dapr's <c>authStyle</c>.</summary>
internal enum ClientAuthentication
{
    /// <summary>Basic first, and the body when the provider does not know the client that way; what worked is kept.</summary>
    Detect = 0,
    Body = 1,
    Basic = 2,
}

/// <summary>Asks one token endpoint for tokens.</summary>
internal sealed class TokenClient(HttpMessageInvoker http, Uri tokenUrl, string clientId, string clientSecret, ClientAuthentication style, TimeProvider time)
{
    private const int MaxAnswer = 1024 * 1024;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    private static readonly string[] _codes =
    [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_target",
    ];

    private ClientAuthentication _style = style;

    public async Task<TokenResponse> RequestAsync(IReadOnlyDictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return _style == ClientAuthentication.Detect
                ? await DetectAsync(parameters, linked.Token)
                : await SendAsync(parameters, _style, linked.Token);
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TokenRequestException($"the token endpoint did not answer within {_timeout.TotalSeconds:0} s", isRefusal: false, exception);
        }
    }

    private async Task<TokenResponse> DetectAsync(IReadOnlyDictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        var used = ClientAuthentication.Basic;
        TokenResponse response;
        try
        {
            response = await SendAsync(parameters, used, cancellationToken);
        }
        catch (TokenRequestException exception) when (exception.ClientIsUnknown)
        {
            used = ClientAuthentication.Body;
            response = await SendAsync(parameters, used, cancellationToken);
        }

        _style = used;
        return response;
    }

    private async Task<TokenResponse> SendAsync(IReadOnlyDictionary<string, string> parameters, ClientAuthentication style, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, tokenUrl);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var form = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            form[name] = value;
        }

        if (style == ClientAuthentication.Basic)
        {
            var credentials = $"{WebUtility.UrlEncode(clientId)}:{WebUtility.UrlEncode(clientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }
        else
        {
            form["client_id"] = clientId;
            if (clientSecret.Length > 0)
            {
                form["client_secret"] = clientSecret;
            }
        }

        request.Content = new FormUrlEncodedContent(form);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await ReadAsync(response, cancellationToken);
            return response.IsSuccessStatusCode ? TokenResponse.Parse(body) : throw Refusal(response.StatusCode, body);
        }
        catch (JsonException exception)
        {
            throw new TokenRequestException("the token endpoint's answer holds no usable token", isRefusal: false, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new TokenRequestException("the token endpoint cannot be reached", isRefusal: false, exception);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswer, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private static TokenRequestException Refusal(HttpStatusCode status, ReadOnlyMemory<byte> body)
    {
        var code = ErrorCode(body);
        return new TokenRequestException(
            $"the token endpoint answered {(int)status}{(code is null ? string.Empty : $" ({code})")}",
            isRefusal: (int)status is >= 400 and < 500)
        {
            ClientIsUnknown = status == HttpStatusCode.Unauthorized || code == "invalid_client",
        };
    }

    /// <summary>The registered error codes only: anything else an endpoint says could repeat what we sent.</summary>
    private static string? ErrorCode(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var code = document.RootElement.ValueKind == JsonValueKind.Object
                       && document.RootElement.TryGetProperty("error", out var error)
                       && error.ValueKind == JsonValueKind.String ? error.GetString() : null;
            return code is not null && _codes.Contains(code) ? code : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // no JSON, or a text that is not Unicode
        }
    }
}
