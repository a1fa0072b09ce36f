using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Metrics;

/// <summary>What Dapr writes into the labels <c>path</c> and <c>method</c>.</summary>
internal sealed class HttpLabels(MetricsSettings settings)
{
    private static readonly string[] _verbs = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE"];

    private readonly PathPatterns _patterns = new(settings.PathMatching);

    /// <summary>No path is a label, except the few that Dapr itself calls.</summary>
    public bool IgnoresPaths => !settings.IncreasedCardinality && _patterns.IsEmpty;

    public static bool IsStatic(string method) => method is "dapr/config" or "dapr/metrics" or "dapr/subscribe" or "healthz";

    /// <summary>For a path of the API.</summary>
    public string ServerPath(string path)
        => IgnoresPaths ? string.Empty : Matched(ByteString.ToText(path));

    /// <summary>For a method path of the app or an endpoint, without its slash.</summary>
    public string ClientPath(string method)
    {
        var path = "/" + ByteString.ToText(method);
        return IsStatic(method) ? path : Matched(path);
    }

    public string Method(string verb)
        => settings.ExcludeVerbs ? string.Empty : _verbs.Contains(verb) ? verb : "UNKNOWN";

    private string Matched(string path)
        => _patterns.Match(path) ?? (settings.IncreasedCardinality ? WithoutKeys(path) : string.Empty);

    /// <summary>Names of secrets and keys of states are no labels.</summary>
    private static string WithoutKeys(string path)
    {
        var parts = path.Split('/', 7);
        if (parts.Length < 4)
        {
            return path;
        }

        return parts[2] switch
        {
            "state" or "secrets" => string.Join('/', parts[..4]),
            "actors" when parts.Length >= 6 => $"/{parts[1]}/actors/{parts[3]}/{{id}}/{parts[5]}",
            _ => path,
        };
    }
}
