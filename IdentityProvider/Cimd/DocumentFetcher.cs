using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace McpAspire.IdentityProvider.Cimd;

/// <summary>
/// Fetches a client's metadata or keys from a stranger's address: no redirects, no proxy, little time, few bytes, and never
/// from an address inside this machine or network unless the realm permits that very host by name.
/// </summary>
/// <param name="tls">Whose certificates are believed; null: those of the machine.</param>
internal sealed class DocumentFetcher(SslClientAuthenticationOptions? tls = null) : IDisposable
{
    private const int LongestDocument = 5000;

    private static readonly HttpRequestOptionsKey<IReadOnlyList<string>> NamedKey = new("named-hosts");

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
    /// <param name="named">Hosts that the realm names, which may be inside.</param>
    public async Task<byte[]?> FetchAsync(Uri address, IReadOnlyList<string> named, CancellationToken cancel, int longest = LongestDocument)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Accept.ParseAdd("application/json");
            request.Options.Set(NamedKey, named);
            using var response = await _client.SendAsync(request, timeout.Token);
            return response.StatusCode == HttpStatusCode.OK ? await ReadAsync(response, longest, timeout.Token) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, int longest, CancellationToken cancel)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[longest + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return length > 0 && length <= longest ? buffer[..length] : null;
    }

    /// <summary>Resolves once and connects to what was checked: a name cannot change its address in between.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        context.InitialRequestMessage.Options.TryGetValue(NamedKey, out var hosts);
        var named = hosts?.Contains(host, StringComparer.OrdinalIgnoreCase) ?? false;
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
