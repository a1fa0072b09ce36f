using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Invocation;

/// <summary>The HTTP clients of a sidecar. None follows redirects or keeps cookies: both would carry credentials where no one sent them.</summary>
internal static class HttpClients
{
    /// <summary>What an app sees where a caller did not name itself, and in the sidecar's own calls: that of daprd.</summary>
    public const string NamelessUserAgent = "Go-http-client/1.1";

    public static HttpMessageInvoker ForForwarding(
        SidecarOptions options,
        Action<SslClientAuthenticationOptions>? tls = null,
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect = null,
        Func<HttpMessageHandler, HttpMessageHandler>? around = null)
    {
        var handler = Handler();
        handler.MaxResponseHeadersLength = Math.Max(1, options.ReadBufferSize / 1024);
        tls?.Invoke(handler.SslOptions);
        if (connect is not null)
        {
            handler.ConnectCallback = connect;
        }

        return new HttpMessageInvoker(new UploadFlushHandler(new SendOnceHandler(new OneMessageHandler(around?.Invoke(handler) ?? handler))));
    }

    /// <summary>What all calls to apps and endpoints go out by.</summary>
    public static SocketsHttpHandler Handler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        EnableMultipleHttp2Connections = true,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    };

    /// <summary>For an app that serves https on this machine: daprd does not check its certificate either.</summary>
    public static void TrustAnyCertificate(SslClientAuthenticationOptions tls)
        => tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;

    public static Action<SslClientAuthenticationOptions> Trusting(X509Certificate2? authority, X509Certificate2? own) => tls =>
    {
        if (authority is not null)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.Add(authority);
        }

        if (own is not null)
        {
            tls.ClientCertificates = [own];
        }
    };

    /// <summary>For the identity provider, and for key sets.</summary>
    public static HttpMessageInvoker ForBackchannel() => new(Backchannel());

    /// <summary>What the sidecar's own calls to other servers than apps go out by.</summary>
    public static HttpMessageHandler Backchannel() => new NamedHandler(new SocketsHttpHandler
    {
        Proxy = new RemoteProxy(),
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    });

    /// <summary>
    /// That of the environment, for other machines alone, as in Go: what is allowed without TLS because it is on this machine
    /// must not be asked over another one.
    /// </summary>
    private sealed class RemoteProxy : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => HttpClient.DefaultProxy.Credentials;
            set => throw new NotSupportedException();
        }

        public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : HttpClient.DefaultProxy.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
    }

    /// <summary>Some providers refuse a client without a name.</summary>
    private sealed class NamedHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation("User-Agent", NamelessUserAgent);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
