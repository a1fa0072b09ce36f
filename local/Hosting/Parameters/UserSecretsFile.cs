using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting.Parameters;

/// <summary>The user secrets of the AppHost, where generated values are kept from one run to the next.</summary>
internal sealed class UserSecretsFile(string path)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The file of an assembly that was built with a <c>UserSecretsId</c>.</summary>
    public static UserSecretsFile? Of(Assembly? assembly)
        => assembly?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId is { } id
            ? new UserSecretsFile(PathHelper.GetSecretsPathFromSecretsId(id))
            : null;

    /// <summary>The kept value, or a new one that is kept from now on. Two AppHosts that start at the same time get the same.</summary>
    public string GetOrAdd(string key, Func<string> create)
    {
        CreateFolder();
        using var exclusive = Lock();
        var secrets = Read();
        if (secrets[key]?.GetValue<string>() is { } kept)
        {
            return kept;
        }

        var value = create();
        secrets[key] = value;
        Write(secrets);
        return value;
    }

    private void CreateFolder()
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private JsonObject Read()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            return JsonNode.Parse(File.ReadAllText(path), documentOptions: options) as JsonObject ?? [];
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"The user secrets in '{path}' are not valid JSON: correct or remove the file.", e);
        }
    }

    private void Write(JsonObject secrets)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new StreamWriter(temporary, options))
        {
            stream.Write(secrets.ToJsonString(Indented));
        }

        File.Move(temporary, path, overwrite: true);
    }

    private FileStream Lock()
    {
        var deadline = Environment.TickCount64 + (long)LockTimeout.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (Environment.TickCount64 < deadline)
            {
                Thread.Sleep(20);
            }
        }
    }
}
