using System.Text.Json;

namespace McpAspire.IdentityProvider.Realm;

/// <summary>Loads realm files in Keycloak's export format.</summary>
internal static class RealmFile
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Loads one file, or every <c>*.json</c> of a folder.</summary>
    public static IReadOnlyList<(RealmModel Realm, RealmReport Report)> LoadAll(
        string path, Func<string, string?> environment, IReadOnlySet<string>? features = null)
    {
        var files = Directory.Exists(path) ? Directory.GetFiles(path, "*.json").Order(StringComparer.Ordinal).ToArray() : [path];
        if (files.Length == 0)
        {
            throw new RealmFileException(path, "", "the folder holds no realm file (*.json).");
        }

        var loaded = files.Select(file => Load(file, environment, features)).ToList();
        if (loaded.GroupBy(item => item.Realm.Settings.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new RealmFileException(path, "realm", $"\"{twice.Key}\" is declared by more than one file.");
        }

        return loaded;
    }

    public static (RealmModel Realm, RealmReport Report) Load(
        string file, Func<string, string?> environment, IReadOnlySet<string>? features = null)
    {
        var text = Placeholders.Replace(file, ReadText(file), environment);
        var report = new RealmReport(file);
        return (RealmReader.Read(new RealmNode(Parse(file, text), "", report), features ?? new HashSet<string>()), report);
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RealmFileException(file, "", $"cannot be read ({e.Message.TrimEnd('.')}); set IdentityProvider__RealmPath to a realm file or a folder of realm files.");
        }
    }

    private static JsonElement Parse(string file, string text)
    {
        try
        {
            return JsonDocument.Parse(text, Options).RootElement;
        }
        catch (JsonException e)
        {
            throw new RealmFileException(file, $"line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}", "is not valid JSON.");
        }
    }
}
