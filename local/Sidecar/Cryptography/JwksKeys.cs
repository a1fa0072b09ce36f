using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Cryptography;

/// <summary><c>crypto.dapr.jwks</c>: the keys of a JSON Web Key Set, named by their <c>kid</c>.</summary>
internal sealed class JwksKeys(IKeySet keys) : ICryptoProvider
{
    public const string Type = "crypto.dapr.jwks";
    public const string SetKey = "jwks";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _shortestTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan _shortestInterval = TimeSpan.FromSeconds(1);

    public IReadOnlyList<string> Capabilities { get; } = [];

    public static JwksKeys Create(ComponentSettings settings, EmbeddedHost host, ICollection<string> warnings)
    {
        foreach (var unknown in settings.Unknown(SetKey, "requestTimeout", "minRefreshInterval"))
        {
            warnings.Add(unknown);
        }

        var set = settings.Required(SetKey);
        var timeout = Duration(settings, "requestTimeout", _shortestTimeout, _timeout);
        var interval = Duration(settings, "minRefreshInterval", _shortestInterval, _interval);
        if (IsUrl(set))
        {
            var url = settings.RequiredUrl(SetKey);
            return url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback
                ? throw Wrong(settings, $"{url.Host} is asked without TLS, and whoever is on the way could put in a key of his own; allowed is https, or http on this machine")
                : new JwksKeys(new KeySetUrl(url, timeout, interval, host.Time, host.Loggers.CreateLogger<KeySetUrl>()));
        }

        return new JwksKeys(File.Exists(set) ? OfFile(settings, set, host) : FixedKeySet.Read(set) ?? throw Wrong(settings, "it is no URL, no path of a file, and no JSON Web Key Set (in base64 or not)"));
    }

    /// <summary>Whether keys that must stay secret stand in the value itself.</summary>
    public static bool HasSecrets(string set) => !IsUrl(set) && FixedKeySet.Read(set) is { HasSecrets: true };

    public async ValueTask<WrappingKey> FindAsync(string name, CancellationToken cancellationToken)
        => await keys.FindAsync(name, cancellationToken) ?? throw new KeyException("key not found");

    public void Dispose() => keys.Dispose();

    private static bool IsUrl(string set) => set.StartsWith("https://", StringComparison.Ordinal) || set.StartsWith("http://", StringComparison.Ordinal);

    private static KeySetFile OfFile(ComponentSettings settings, string path, EmbeddedHost host)
    {
        var file = new KeySetFile(path, host.Loggers.CreateLogger<KeySetFile>());
        try
        {
            file.ReadAsync().GetAwaiter().GetResult(); // small, and nobody waits behind it
            return file;
        }
        catch (Exception exception) when (exception is IOException or KeyException or UnauthorizedAccessException)
        {
            throw Wrong(settings, $"the file {path} cannot be used: {exception.Message}");
        }
    }

    /// <summary>As Dapr: one that is too short is the default.</summary>
    private static TimeSpan Duration(ComponentSettings settings, string name, TimeSpan shortest, TimeSpan otherwise)
        => settings.Text(name) is not { } text ? otherwise
            : !GoDuration.TryParse(text, out var duration) ? throw settings.Wrong(name, $"'{name}' of the component '{settings.Component.Name}' is '{text}'; allowed is a duration such as 30s.")
            : duration < shortest ? otherwise
            : duration;

    /// <summary>Without the value, which may be keys.</summary>
    private static ResourceException Wrong(ComponentSettings settings, string reason)
        => settings.Wrong(SetKey, $"'{SetKey}' of the component '{settings.Component.Name}' cannot be used: {reason}.");
}
