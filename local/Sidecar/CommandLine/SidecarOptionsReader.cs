using System.Globalization;
using System.Net;
using System.Net.Sockets;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.CommandLine;

/// <summary>Turns parsed flags and environment variables into <see cref="SidecarOptions"/>, or says which value is wrong.</summary>
internal sealed class SidecarOptionsReader(ParsedArguments arguments, Func<string, string?> environment, bool asDaprRun)
{
    /// <summary>1000 hours: what timers can wait for, rounded down.</summary>
    private const int LongestSeconds = 3_600_000;

    private static readonly string[] _protocols = ["http", "https", "h2c", "grpc", "grpcs"];

    public SidecarOptions Read()
    {
        var (appId, appIdName) = Given("app-id", "APP_ID");
        if (string.IsNullOrEmpty(appId))
        {
            throw new CommandLineException("--app-id is missing: it names this sidecar's app and cannot be empty.");
        }

        if (appId.Contains('.', StringComparison.Ordinal))
        {
            throw new CommandLineException($"The value '{appId}' of {appIdName} contains a dot; a dot separates an app id from its namespace.");
        }

        var options = new SidecarOptions
        {
            AppId = appId,
            Namespace = environment("NAMESPACE") is { Length: > 0 } ns ? ns : "default",
            HasNamespace = environment("NAMESPACE") is { Length: > 0 },
            AppPort = Port("app-port", "APP_PORT", 0) is var appPort and > 0 ? appPort : 0,
            AppProtocol = Protocol(),
            AppChannelAddress = ChannelAddress(),
            HttpPort = ListenPort("dapr-http-port", "DAPR_HTTP_PORT", 3500),
            GrpcPort = ListenPort("dapr-grpc-port", "DAPR_GRPC_PORT", 50001),
            InternalGrpcPort = ListenPort("dapr-internal-grpc-port", null, -1),
            MetricsPort = ListenPort("metrics-port", "DAPR_METRICS_PORT", 9090),
            MetricsListenAddress = Address("metrics-listen-address") ?? "127.0.0.1",
            EnableMetrics = arguments.Switch("enable-metrics", otherwise: true),
            PublicPort = arguments.Text("dapr-public-port") is { Length: > 0 } ? ListenPort("dapr-public-port", null, 0) : null,
            PublicListenAddress = Address("dapr-public-listen-address") ?? "127.0.0.1",
            ListenAddresses = Addresses(),
            ConfigPaths = arguments.List("config"),
            ResourcesPaths = [.. arguments.List("resources-path"), .. arguments.List("components-path")],
            AllowedOrigins = (arguments.Text("allowed-origins") ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            MaxBodySize = Size("max-body-size", "dapr-http-max-request-size", 1024 * 1024, otherwise: 4, most: "9223372036854775807"),
            ReadBufferSize = (int)(Size("read-buffer-size", "dapr-http-read-buffer-size", 1024, otherwise: 4, most: "1Gi") ?? 4 * 1024),
            LogLevel = Level(),
            LogAsJson = arguments.Switch("log-as-json"),
            EnableApiLogging = arguments.Has("enable-api-logging") ? arguments.Switch("enable-api-logging") : null,
            DisableInitConfig = arguments.List("disable-init-endpoints").Contains("config"),
            DisableInitSubscribe = arguments.List("disable-init-endpoints").Contains("subscribe"),
            AppHealthCheck = HealthCheck(),
            AppMaxConcurrency = Number("app-max-concurrency", -1, 0, int.MaxValue, "0 and less are no limit"),
            AppBindingOptionsTimeout = BindingOptionsTimeout(),
            BlockShutdown = BlockShutdown(),
            GracefulShutdown = TimeSpan.FromSeconds(Number("dapr-graceful-shutdown-seconds", 5, 0, LongestSeconds)),
            ApiToken = environment("DAPR_API_TOKEN") is { Length: > 0 } token ? token : null,
            AppApiToken = environment("APP_API_TOKEN") is { Length: > 0 } appToken ? appToken : null,
            AppCommand = arguments.AppCommand,
            Warnings = arguments.Warnings,
        };

        if (options.AppPort > 0 && options.AppPort == options.HttpPort)
        {
            var (httpName, appName) = (Given("dapr-http-port", asDaprRun ? null : "DAPR_HTTP_PORT").Name, Given("app-port", "APP_PORT").Name);
            throw new CommandLineException($"The value {options.HttpPort} of {httpName} is also the value of {appName}; the app and its sidecar need a port each.");
        }

        return options;
    }

    /// <summary>What a flag says, or else a variable, and the name of the one that said it.</summary>
    private (string? Text, string Name) Given(string flag, string? variable)
        => arguments.Text(flag) is null && variable is not null && environment(variable) is { } text
            ? (text, variable)
            : (arguments.Text(flag), $"--{flag}");

    /// <summary>What is less than the least is the default, as in daprd.</summary>
    private int Number(string flag, int otherwise, int least, int most, string? less = null)
    {
        if (arguments.Text(flag) is not { Length: > 0 } text)
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number < least ? otherwise : number
            : throw new CommandLineException($"The value '{text}' of --{flag} is not a whole number from {least} to {most}; {less ?? $"less is the default of {otherwise}"}.");
    }

    private int Port(string flag, string? variable, int otherwise)
    {
        var (text, name) = Given(flag, variable);
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var port) && port is >= -1 and <= 65535
            ? port
            : throw new CommandLineException($"The value '{text}' of {name} is not a port; allowed are 0 to 65535, and -1 for a free one.");
    }

    /// <summary>A port to listen on. <c>dapr run</c> takes a free one when none is given; daprd has fixed defaults.</summary>
    private int ListenPort(string flag, string? variable, int daprdDefault)
    {
        var port = Port(flag, asDaprRun ? null : variable, asDaprRun ? -1 : daprdDefault);
        return port is -1 or 0 ? FreePort() : port;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Protocol()
    {
        var (text, name) = Given("app-protocol", "APP_PROTOCOL");
        var protocol = string.IsNullOrEmpty(text) ? "http" : text;
        if (!_protocols.Contains(protocol))
        {
            throw new CommandLineException($"The value '{protocol}' of {name} is not known; allowed are {string.Join(", ", _protocols)}.");
        }

        return !arguments.Switch("app-ssl") ? protocol : protocol is "grpc" or "grpcs" ? "grpcs" : "https";
    }

    private string ChannelAddress()
    {
        var (text, name) = Given("app-channel-address", "APP_CHANNEL_ADDRESS");
        return string.IsNullOrEmpty(text) ? "127.0.0.1"
            : Uri.CheckHostName(text) != UriHostNameType.Unknown ? text
            : throw new CommandLineException($"The value '{text}' of {name} is not a host name or an IP address; allowed is for example 127.0.0.1.");
    }

    private string[] Addresses()
    {
        var text = arguments.Text("dapr-listen-addresses");
        if (string.IsNullOrWhiteSpace(text))
        {
            return ["127.0.0.1"];
        }

        var addresses = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var address in addresses)
        {
            CheckAddress("dapr-listen-addresses", address);
        }

        return addresses;
    }

    private string? Address(string flag)
    {
        if (arguments.Text(flag) is not { Length: > 0 } address)
        {
            return null;
        }

        CheckAddress(flag, address);
        return address;
    }

    private static void CheckAddress(string flag, string address)
    {
        if (address != "localhost" && !IPAddress.TryParse(address.Trim('[', ']'), out _))
        {
            throw new CommandLineException($"The value '{address}' of --{flag} is not an IP address.");
        }
    }

    /// <param name="oldUnit">What the older flag counts in, and <paramref name="otherwise"/> too.</param>
    private long? Size(string flag, string oldFlag, long oldUnit, int otherwise, string most)
    {
        long size;
        if (arguments.Text(flag) is { Length: > 0 } text)
        {
            size = Quantity.Parse(flag, text, most);
        }
        else
        {
            size = Number(oldFlag, otherwise, 1, (int)Math.Min(Quantity.Parse(flag, most, most) / oldUnit, int.MaxValue)) * oldUnit;
        }

        return size switch
        {
            -1 => null,
            <= 0 => otherwise * oldUnit,
            _ => size,
        };
    }

    private LogLevel Level() => (arguments.Text("log-level") ?? "info").ToLowerInvariant() switch
    {
        "debug" => LogLevel.Debug,
        "" or "info" => LogLevel.Information,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "fatal" or "panic" => LogLevel.Critical,
        var level => throw new CommandLineException($"The value '{level}' of --log-level is not known; allowed are debug, info, warn, error and fatal."),
    };

    /// <summary>Zero or less is the default, as in daprd.</summary>
    private TimeSpan BindingOptionsTimeout()
    {
        if (arguments.Text("app-binding-options-timeout") is not { Length: > 0 } text)
        {
            return TimeSpan.FromSeconds(3);
        }

        return GoDuration.TryParse(text, out var timeout)
            ? timeout > TimeSpan.Zero ? timeout : TimeSpan.FromSeconds(3)
            : throw new CommandLineException($"The value '{text}' of --app-binding-options-timeout is not a duration; allowed is for example 3s.");
    }

    private TimeSpan? BlockShutdown()
    {
        const string flag = "dapr-block-shutdown-duration";
        if (arguments.Text(flag) is not { Length: > 0 } text)
        {
            return null;
        }

        return GoDuration.TryParse(text, out var duration)
            ? duration
            : throw new CommandLineException($"The value '{text}' of --{flag} is not a duration; allowed is for example 500ms, 5s or 1m30s.");
    }

    /// <summary>Checked also where it is not enabled, as in daprd.</summary>
    private AppHealthCheck? HealthCheck()
    {
        var interval = Number("app-health-probe-interval", 5, 1, LongestSeconds);
        var timeout = Number("app-health-probe-timeout", 500, 1, int.MaxValue);
        var threshold = Number("app-health-threshold", 3, 1, int.MaxValue);
        if (timeout > interval * 1000L)
        {
            throw new CommandLineException($"The value '{timeout}' (milliseconds) of --app-health-probe-timeout is more than that of --app-health-probe-interval, '{interval}' (seconds); allowed is at most as long.");
        }

        return arguments.Switch("enable-app-health-check")
            ? new AppHealthCheck(
                arguments.Text("app-health-check-path") is { Length: > 0 } path ? path : "/healthz",
                TimeSpan.FromSeconds(interval),
                TimeSpan.FromMilliseconds(timeout),
                threshold)
            : null;
    }
}
