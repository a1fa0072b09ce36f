using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.State;

/// <summary>
/// What stands before every key in a store, so that apps do not read each other's state: by <c>keyPrefix</c> the app id
/// (the default), the namespace and the app id, the name of the store, nothing, or a text.
/// </summary>
internal sealed class KeyPrefix
{
    private const string Separator = "||";

    private readonly string _text;

    private KeyPrefix(string text) => _text = text;

    public static KeyPrefix Of(ComponentSettings settings, SidecarOptions options)
    {
        var strategy = (settings.Text("keyPrefix") ?? "appid").ToLowerInvariant();
        if (Complaint(strategy) is { } complaint)
        {
            throw settings.Wrong("keyPrefix", $"'keyPrefix' of the component '{settings.Component.Name}' is not allowed: {complaint}.");
        }

        return new KeyPrefix(strategy switch
        {
            "none" => string.Empty,
            "name" => settings.Component.Name + Separator,
            "appid" => options.AppId + Separator,
            "namespace" => (options.Namespace.Length == 0 ? string.Empty : options.Namespace + ".") + options.AppId + Separator,
            _ => strategy + Separator,
        });
    }

    /// <summary>Why Dapr refuses a key; null: it does not.</summary>
    public static string? Complaint(string key)
        => key.Contains(Separator, StringComparison.Ordinal) ? $"input key/keyPrefix '{key}' can't contain '{Separator}'" : null;

    public string Of(string key) => _text + key;

    /// <summary>A whole key without its prefix.</summary>
    public static string Original(string key) => key.IndexOf(Separator, StringComparison.Ordinal) is >= 0 and var at ? key[(at + Separator.Length)..] : key;
}
