using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Settings of the dashboard, under the configuration keys that Aspire has for them.</summary>
/// <remarks>
/// A test that reads traces back turns the dashboard on (<see cref="DistributedApplicationOptions.DisableDashboard"/>),
/// passes <c>--ASPNETCORE_URLS=http://localhost:PORT --AppHost:DashboardApiKey=KEY</c>, and calls
/// <c>http://localhost:PORT/api/telemetry/traces</c> with the header <c>x-api-key: KEY</c>: in both engines.
/// </remarks>
internal sealed record DashboardOptions
{
    public const string PathKey = "DcpPublisher:DashboardPath";
    public const string PathVariable = "ASPIRE_DASHBOARD_PATH";
    public const string FrontendUrlKey = "ASPNETCORE_URLS";
    public const string OtlpGrpcUrlKey = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL";
    public const string OtlpHttpUrlKey = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    public const string ResourceServiceUrlKey = "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL";
    public const string BrowserTokenKey = "AppHost:BrowserToken";
    public const string OtlpApiKeyKey = "AppHost:OtlpApiKey";
    public const string TelemetryApiKeyKey = "AppHost:DashboardApiKey";
    public const string ResourceServiceApiKeyKey = "AppHost:ResourceService:ApiKey";
    public const string ApplicationNameKey = "AppHost:DashboardApplicationName";

    /// <summary>Whether the dashboard may be installed with npm when no other copy is found (ours: Aspire restores it from NuGet).</summary>
    public const string InstallKey = "Dashboard:Install";

    /// <summary>How long that may take, in seconds.</summary>
    public const string InstallTimeoutKey = "Dashboard:InstallTimeoutSeconds";

    private const int ShortestKey = 16;

    /// <summary>The dashboard's executable, or the folder it is in; found or installed when not given.</summary>
    public string? Path { get; init; }

    public Uri FrontendUrl { get; init; } = new("http://localhost:18888");

    /// <summary>Port 0 stands for any free one.</summary>
    public Uri OtlpGrpcUrl { get; init; } = new("http://127.0.0.1:0");

    public Uri OtlpHttpUrl { get; init; } = new("http://127.0.0.1:0");

    public Uri ResourceServiceUrl { get; init; } = new("http://127.0.0.1:0");

    public string BrowserToken { get; init; } = NewKey();

    public string OtlpApiKey { get; init; } = NewKey();

    public string TelemetryApiKey { get; init; } = NewKey();

    public string ResourceServiceApiKey { get; init; } = NewKey();

    public bool Install { get; init; } = true;

    public TimeSpan InstallTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="DistributedApplicationException">A value is not allowed; the message names key, value and what is allowed.</exception>
    public static DashboardOptions From(IConfiguration configuration)
    {
        var defaults = new DashboardOptions();
        return defaults with
        {
            Path = NullIfBlank(configuration[PathKey]) ?? NullIfBlank(configuration[PathVariable]),
            FrontendUrl = ReadUrl(configuration, FrontendUrlKey, defaults.FrontendUrl),
            OtlpGrpcUrl = ReadUrl(configuration, OtlpGrpcUrlKey, defaults.OtlpGrpcUrl),
            OtlpHttpUrl = ReadUrl(configuration, OtlpHttpUrlKey, defaults.OtlpHttpUrl),
            ResourceServiceUrl = ReadUrl(configuration, ResourceServiceUrlKey, defaults.ResourceServiceUrl),
            BrowserToken = ReadKey(configuration, BrowserTokenKey, defaults.BrowserToken),
            OtlpApiKey = ReadKey(configuration, OtlpApiKeyKey, defaults.OtlpApiKey),
            TelemetryApiKey = ReadKey(configuration, TelemetryApiKeyKey, defaults.TelemetryApiKey),
            ResourceServiceApiKey = ReadKey(configuration, ResourceServiceApiKeyKey, defaults.ResourceServiceApiKey),
            Install = ReadInstall(configuration, defaults.Install),
            InstallTimeout = ReadTimeout(configuration, defaults.InstallTimeout),
        };
    }

    // Not the compiler's version, which would print the keys.
    public override string ToString() => $"{nameof(DashboardOptions)} {{ FrontendUrl = {FrontendUrl} }}";

    // 256 bits, in letters that need no escaping in a URL or a header.
    private static string NewKey() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    private static Uri ReadUrl(IConfiguration configuration, string key, Uri fallback)
    {
        // ASPNETCORE_URLS may list several addresses; the first one over http counts.
        var candidates = (configuration[key] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (candidates.Length == 0)
        {
            return fallback;
        }

        foreach (var candidate in candidates)
        {
            if (Uri.TryCreate(candidate, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)
            {
                return url;
            }
        }

        throw new DistributedApplicationException(
            $"{key} is '{configuration[key]}': the dashboard listens on this machine only, over http, for example http://localhost:18888 (port 0: any free one).");
    }

    private static string ReadKey(IConfiguration configuration, string key, string generated)
    {
        var value = configuration[key];
        if (string.IsNullOrEmpty(value))
        {
            return generated;
        }

        if (value.Length >= ShortestKey && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return value;
        }

        throw new DistributedApplicationException(
            $"{key} has {value.Length} characters: a key of at least {ShortestKey} letters, digits, '-' or '_' is needed (leave it out and one is generated).");
    }

    private static bool ReadInstall(IConfiguration configuration, bool fallback)
        => configuration[InstallKey] switch
        {
            null or "" => fallback,
            var value when bool.TryParse(value, out var install) => install,
            var value => throw new DistributedApplicationException($"{InstallKey} is '{value}': true or false is allowed."),
        };

    private static TimeSpan ReadTimeout(IConfiguration configuration, TimeSpan fallback)
        => configuration[InstallTimeoutKey] switch
        {
            null or "" => fallback,
            var value when int.TryParse(value, out var seconds) && seconds is > 0 and <= 3600 => TimeSpan.FromSeconds(seconds),
            var value => throw new DistributedApplicationException($"{InstallTimeoutKey} is '{value}': a number of seconds from 1 to 3600 is allowed."),
        };

    private static string? NullIfBlank(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
