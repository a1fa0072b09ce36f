using System.Collections;

namespace McpAspire.Sidecar.Secrets;

/// <summary><c>secretstores.local.env</c>: the sidecar's own environment, without the variables that hold its tokens.</summary>
internal sealed class EnvironmentSecretStore(string name, string prefix, Func<string, string?> environment) : ISecretStore
{
    public string Name => name;

    public IEnumerable<string> Names => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Select(entry => (string)entry.Key)
        .Where(variable => variable.StartsWith(prefix, StringComparison.Ordinal) && !IsForbidden(variable))
        .Select(variable => variable[prefix.Length..]);

    public IReadOnlyDictionary<string, string>? Get(string secret)
    {
        var variable = prefix + secret;
        return IsForbidden(variable) || environment(variable) is not { } value
            ? null
            : new Dictionary<string, string>(StringComparer.Ordinal) { [secret] = value };
    }

    public static bool IsForbidden(string variable)
        => variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase)
           || variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase);
}
