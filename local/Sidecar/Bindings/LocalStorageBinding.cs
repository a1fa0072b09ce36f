using System.Buffers;
using System.Text;
using System.Text.Json;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Bindings;

/// <summary><c>bindings.localstorage</c>: files below <c>rootPath</c>, and nowhere else.</summary>
internal sealed class LocalStorageBinding(ConfinedFolder root) : IOutputBinding
{
    private const int MaxFile = 64 * 1024 * 1024;
    private const int MaxListed = 10_000;

    public IReadOnlyList<string> Capabilities { get; } = ["OUTPUT_BINDING"];

    public IReadOnlyList<string> Operations { get; } = ["create", "get", "list", "delete"];

    public static LocalStorageBinding Create(ComponentSettings settings, EmbeddedHost host, ICollection<string> warnings)
    {
        foreach (var unknown in settings.Unknown("direction", "rootPath"))
        {
            warnings.Add(unknown);
        }

        var path = settings.Required("rootPath");
        try
        {
            return new LocalStorageBinding(ConfinedFolder.Open(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw settings.Wrong("rootPath", $"'rootPath' of the component '{settings.Component.Name}' is '{path}': {exception.Message}");
        }
    }

    public async Task<BindingAnswer?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var name = request.Metadata.GetValueOrDefault("fileName") ?? string.Empty;
        try
        {
            return request.Operation switch
            {
                "create" => await CreateAsync(name.Length > 0 ? name : Guid.NewGuid().ToString(), request.Data, cancellationToken),
                "get" => await GetAsync(name, cancellationToken),
                "delete" => Delete(name),
                _ => List(name),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            throw new BindingException(exception.Message); // a name with NUL, data that are not Unicode
        }
    }

    public void Dispose()
    {
    }

    private async Task<BindingAnswer> CreateAsync(string name, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var path = root.Resolve(name, out var relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (IsEmptyOrAPipe(root.Resolve(name, out _)))
        {
            File.Delete(path);
        }

        await File.WriteAllBytesAsync(path, Content(data), cancellationToken);
        return Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("fileName", relative);
            writer.WriteEndObject();
        });
    }

    private async Task<BindingAnswer> GetAsync(string name, CancellationToken cancellationToken)
    {
        var path = root.Resolve(name, out _);
        if (!File.Exists(path))
        {
            throw new BindingException($"file not found: {path}");
        }

        if (IsEmptyOrAPipe(path))
        {
            return new BindingAnswer(ReadOnlyMemory<byte>.Empty, []);
        }

        await using var file = File.OpenRead(path);
        if (file.Length > MaxFile)
        {
            throw new BindingException($"the file is longer than {MaxFile} bytes");
        }

        var content = new byte[file.Length];
        var length = await file.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken);
        return new BindingAnswer(content.AsMemory(0, length), []);
    }

    private BindingAnswer? Delete(string name)
    {
        var path = root.Resolve(name, out _);
        if (Directory.Exists(path))
        {
            Directory.Delete(path); // an empty one, as in Dapr
        }
        else if (File.Exists(path))
        {
            File.Delete(path);
        }
        else
        {
            throw new BindingException($"error deleting file {path}: no such file or directory");
        }

        return null;
    }

    private BindingAnswer List(string name)
    {
        var path = root.Resolve(name, out _);
        if (!Directory.Exists(path))
        {
            throw new BindingException(File.Exists(path)
                ? $"unable to list files as the file specified is not a directory: {path}"
                : $"error getting stats for path {path}: no such file or directory");
        }

        var files = ConfinedFolder.FilesBelow(path).Take(MaxListed + 1).ToArray();
        if (files.Length > MaxListed)
        {
            throw new BindingException($"there are more than {MaxListed} files");
        }

        return Json(writer =>
        {
            if (files.Length == 0)
            {
                writer.WriteNullValue(); // as Go writes an empty list
                return;
            }

            writer.WriteStartArray();
            foreach (var file in files)
            {
                writer.WriteStringValue(file);
            }

            writer.WriteEndArray();
        });
    }

    /// <summary>Both have no length; to open a pipe waits for its other end, and takes a thread with it.</summary>
    private static bool IsEmptyOrAPipe(string path) => new FileInfo(path) is { Exists: true, Length: 0 };

    /// <summary>As in Dapr: a JSON text without its quotes, and what reads as base64 decoded.</summary>
    private static byte[] Content(ReadOnlyMemory<byte> data)
    {
        var text = Encoding.UTF8.GetString(data.Span);
        if (text is ['"', ..])
        {
            using var document = JsonDocument.Parse(data);
            text = document.RootElement.GetString()!;
        }

        var buffer = new byte[text.Length];
        return !text.AsSpan().ContainsAny(' ', '\t') && Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(text);
    }

    private static BindingAnswer Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return new BindingAnswer(buffer.WrittenMemory, []);
    }
}
