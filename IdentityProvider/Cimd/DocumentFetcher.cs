using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace McpAspire.IdentityProvider.Cimd;

/// <summary>
/// Fetches a metadata document from a stranger's address: no redirects, no proxy, little time, few bytes, and never
/// from an address inside this machine or network unless the realm permits that very host by name.
/// </summary>
/// <param name="tls">Whose certificates are believed; null: those of the machine.</param>
internal sealed class DocumentFetcher(SslClientAuthenticationOptions? tls = null) : IDisposable
{
    private const int LongestDocument = 5000;

    private static readonly HttpRequestOptionsKey<CimdPolicy> PolicyKey = new("cimd-policy");

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = ConnectAsync,
        SslOptions = tls ?? new SslClientAuthenticationOptions(),
    });

    /// <summary>The document's bytes; null when it cannot be had.</summary>
    public async Task<byte[]?> FetchAsync(Uri address, CimdPolicy policy, CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Accept.ParseAdd("application/json");
            request.Options.Set(PolicyKey, policy);
            using var response = await _client.SendAsync(request, timeout.Token);
            return response.StatusCode == HttpStatusCode.OK ? await ReadAsync(response, timeout.Token) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[LongestDocument + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return length is > 0 and <= LongestDocument ? buffer[..length] : null;
    }

    /// <summary>Resolves once and connects to what was checked: a name cannot change its address in between.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        context.InitialRequestMessage.Options.TryGetValue(PolicyKey, out var policy);
        var named = policy?.PermittedDomains.Contains(host, StringComparer.OrdinalIgnoreCase) ?? false;
        var addresses = await Dns.GetHostAddressesAsync(host, cancel);
        var allowed = addresses.Where(address => named || PublicAddress.Is(address)).ToArray();
        if (allowed.Length == 0)
        {
            throw new HttpRequestException("the address is not public");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
