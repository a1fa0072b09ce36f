using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using McpAspire.Sidecar.Middleware.ClientCredentials;

namespace McpAspire.Sidecar.McpServers;

/// <summary>Puts headers, token and trace on every request to an MCP server. A refused token is renewed once; nothing is sent without one.</summary>
internal sealed class McpRequestHandler(McpServerSettings settings, ServiceTokenSource? tokens, long maxAnswer, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A stream of the older transport names where to send calls: no place but its own.
        if (Uri.Compare(request.RequestUri, settings.Resource.Url, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            throw new LimitException("the server named an address of another origin");
        }

        foreach (var (name, value) in settings.Values)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true, Id: { } trace })
        {
            request.Headers.TryAddWithoutValidation("traceparent", trace);
        }

        if (tokens is null)
        {
            return Limited(request, await base.SendAsync(request, cancellationToken));
        }

        if (request.Content is { } content)
        {
            await content.LoadIntoBufferAsync(cancellationToken); // it may have to be sent again
        }

        var token = await tokens.GetAsync(cancellationToken);
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(token.HeaderValue);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && await tokens.GetOtherAsync(token, cancellationToken) is var other && other != token)
        {
            response.Dispose();
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(other.HeaderValue);
            response = await base.SendAsync(request, cancellationToken);
        }

        return Limited(request, response);
    }

    /// <summary>Read as a whole by who asked: a server must not fill the memory. A GET is the one stream of a whole session, of which each event is limited.</summary>
    private HttpResponseMessage Limited(HttpRequestMessage request, HttpResponseMessage response)
    {
        var limited = new StreamContent(new LimitedStream(response.Content.ReadAsStream(CancellationToken.None), maxAnswer, isStream: request.Method == HttpMethod.Get));
        foreach (var (name, values) in response.Content.Headers)
        {
            limited.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = limited;
        return response;
    }
}
