using System.Security.Cryptography;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Cryptography;

/// <summary><c>crypto.dapr.localstorage</c>: each key is a file below <c>path</c>, read when it is used.</summary>
internal sealed class LocalStorageKeys(ConfinedFolder folder) : ICryptoProvider
{
    private const int MaxFile = 64 * 1024;

    public IReadOnlyList<string> Capabilities { get; } = [];

    public static LocalStorageKeys Create(ComponentSettings settings, EmbeddedHost host, ICollection<string> warnings)
    {
        foreach (var unknown in settings.Unknown("path"))
        {
            warnings.Add(unknown);
        }

        var path = settings.Required("path");
        try
        {
            var folder = ConfinedFolder.OpenExisting(path);
            return KeyFile.IsOpenToAll(folder.Root) ? throw new IOException("every user may write to it (chmod o-w)") : new LocalStorageKeys(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw settings.Wrong("path", $"'path' of the component '{settings.Component.Name}' is '{path}': {exception.Message}");
        }
    }

    public async ValueTask<WrappingKey> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Contains("..", StringComparison.Ordinal))
        {
            throw new KeyException("invalid key path: cannot contain '..'");
        }

        byte[] content;
        try
        {
            content = await KeyFile.ReadAsync(folder.Resolve(name, out _), MaxFile, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException)
        {
            // Where the folder is, is nobody's business; the system's own messages say it.
            throw new KeyException($"failed to load key '{name}': {(exception.Message.Contains(folder.Root, StringComparison.Ordinal) ? "it cannot be read" : exception.Message)}");
        }

        try
        {
            return KeyText.Read(content, Path.GetExtension(name));
        }
        catch (KeyException problem)
        {
            throw new KeyException($"failed to parse key '{name}': {problem.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    public void Dispose()
    {
    }
}
