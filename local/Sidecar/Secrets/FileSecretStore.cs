using System.Text.Json;

namespace McpAspire.Sidecar.Secrets;

/// <summary><c>secretstores.local.file</c>: a JSON file, nested names joined by a separator, or (multi-valued) one secret a property.</summary>
internal sealed class FileSecretStore : ISecretStore
{
    private readonly Dictionary<string, Dictionary<string, string>> _secrets = new(StringComparer.Ordinal);

    private FileSecretStore(string name) => Name = name;

    public string Name { get; }

    public IEnumerable<string> Names => _secrets.Keys;

    public IReadOnlyDictionary<string, string>? Get(string secret) => _secrets.GetValueOrDefault(secret);

    public static FileSecretStore Read(string name, string path, string separator, bool multiValued)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("the root is not an object");
        }

        var store = new FileSecretStore(name);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (multiValued)
            {
                var values = new Dictionary<string, string>(StringComparer.Ordinal);
                Flatten(property.Value, property.Value.ValueKind == JsonValueKind.Object ? string.Empty : property.Name, separator, values);
                store._secrets[property.Name] = values;
            }
            else
            {
                var values = new Dictionary<string, string>(StringComparer.Ordinal);
                Flatten(property.Value, property.Name, separator, values);
                foreach (var (key, value) in values)
                {
                    store._secrets[key] = new Dictionary<string, string>(StringComparer.Ordinal) { [key] = value };
                }
            }
        }

        return store;
    }

    private static void Flatten(JsonElement element, string path, string separator, Dictionary<string, string> values)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Flatten(property.Value, path.Length == 0 ? property.Name : path + separator + property.Name, separator, values);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Flatten(item, $"{path}{separator}{index++}", separator, values);
                }

                break;
            default:
                values[path] = element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
                break;
        }
    }
}
