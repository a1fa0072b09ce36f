using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Secrets;

/// <summary>Gives metadata and headers their values. A secret or variable that is not there stops the start: daprd goes on with an empty one.</summary>
internal sealed class ValueResolver(IReadOnlyDictionary<string, ISecretStore> stores, SidecarOptions options, Func<string, string?> environment)
{
    public string Resolve(MetadataValue value, string? storeName, string owner)
    {
        if (value.Secret is { } reference)
        {
            return FromSecret(value, reference, storeName, owner);
        }

        if (value.EnvironmentVariable is { } variable)
        {
            return !EnvironmentSecretStore.IsForbidden(variable) && environment(variable) is { Length: > 0 } found
                ? found
                : throw new ResourceException(value.Position, $"'{value.Name}' of '{owner}' takes the environment variable '{variable}', which is not set{(EnvironmentSecretStore.IsForbidden(variable) ? " for resources" : string.Empty)}.") { Rule = ProblemRules.VariableMissing };
        }

        return Expand(value.Value ?? string.Empty);
    }

    private string FromSecret(MetadataValue value, SecretKeyRef reference, string? storeName, string owner)
    {
        if (string.IsNullOrEmpty(storeName))
        {
            throw new ResourceException(value.Position, $"'{value.Name}' of '{owner}' takes a secret, but the resource names no 'auth.secretStore'.") { Rule = ProblemRules.SecretStoreMissing };
        }

        if (!stores.TryGetValue(storeName, out var store))
        {
            throw new ResourceException(value.Position, $"'{value.Name}' of '{owner}' takes a secret of the store '{storeName}', which is not loaded.") { Rule = ProblemRules.SecretStoreMissing };
        }

        return store.Get(reference.Name) is { } values && values.TryGetValue(reference.Key, out var secret) && secret.Length > 0
            ? secret
            : throw new ResourceException(value.Position, $"'{value.Name}' of '{owner}' takes the secret '{reference.Name}', which the store '{storeName}' does not have or has empty{(store is EnvironmentSecretStore ? " (an environment variable of the sidecar)" : string.Empty)}.") { Rule = ProblemRules.SecretMissing };
    }

    private string Expand(string text)
    {
        if (!text.Contains('{', StringComparison.Ordinal))
        {
            return text;
        }

        if (text.Contains("{uuid}", StringComparison.Ordinal))
        {
            text = text.Replace("{uuid}", Guid.NewGuid().ToString(), StringComparison.Ordinal);
        }

        return text
            .Replace("{appID}", options.AppId, StringComparison.Ordinal)
            .Replace("{namespace}", options.Namespace, StringComparison.Ordinal)
            .Replace("{podName}", environment("POD_NAME") ?? string.Empty, StringComparison.Ordinal);
    }
}
