using System.Text.Json;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Secrets;

/// <summary>Makes the secret stores that the components describe.</summary>
internal static class SecretStoreFactory
{
    public const string Environment = "secretstores.local.env";
    public const string File = "secretstores.local.file";

    public static bool Knows(string type) => type is Environment or File;

    public static ISecretStore Create(ComponentResource component, Func<string, string?> environment)
    {
        if (component.Version is not "v1")
        {
            throw new ResourceException(component.Position, $"The secret store '{component.Name}' has version '{component.Version}'; allowed is v1.") { Rule = ProblemRules.ComponentVersion };
        }

        if (component.Type == Environment)
        {
            return new EnvironmentSecretStore(component.Name, Value(component, "prefix") ?? string.Empty, environment);
        }

        var path = Value(component, "secretsFile");
        if (string.IsNullOrEmpty(path))
        {
            throw new ResourceException(component.Position, $"The secret store '{component.Name}' has no 'secretsFile'.") { Rule = ProblemRules.MetadataInvalid };
        }

        try
        {
            return FileSecretStore.Read(
                component.Name,
                path,
                Value(component, "nestedSeparator") is { Length: > 0 } separator ? separator : ":",
                Value(component, "multiValued") is "true");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException(component.Position, $"The file '{path}' of the secret store '{component.Name}' cannot be read.", exception) { Rule = ProblemRules.SecretStoreUnreadable };
        }
        catch (JsonException exception)
        {
            // The exception's text could quote the file: not shown.
            throw new ResourceException(component.Position, $"The file '{path}' of the secret store '{component.Name}' is not a JSON object (line {exception.LineNumber + 1}).", exception) { Rule = ProblemRules.SecretStoreUnreadable };
        }
        catch (InvalidOperationException exception)
        {
            throw new ResourceException(component.Position, $"The file '{path}' of the secret store '{component.Name}' has a name or value that is no Unicode text.", exception) { Rule = ProblemRules.SecretStoreUnreadable };
        }
    }

    private static string? Value(ComponentResource component, string name)
        => component.Metadata.FirstOrDefault(value => value.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;
}
