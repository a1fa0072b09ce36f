using System.Security.Cryptography;
using System.Text;
using McpAspire.Sidecar.Hosting;

namespace McpAspire.Sidecar.Resolution;

/// <summary>
/// The folder in which the sidecars of one user find each other. Nobody else can read it or put anything into it; a
/// folder that is not like that is not used.
/// </summary>
internal sealed class RegistrationFolder(string path)
{
    private const string Ending = ".json";
    private const string DraftEnding = ".new";
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>For root every folder looks like its own, so that it needs one where nobody else can make any.</summary>
    private const string RootsOwn = "/run";

    private string? _draft;
    private string? _file;

    public string Path => path;

    /// <summary>Under the runtime folder of the session, or of root, or the one for temporary files, which every user may write to.</summary>
    public static RegistrationFolder Of(Func<string, string?> environment)
    {
        var root = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : environment("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? runtime
            : Environment.IsPrivilegedProcess && Directory.Exists(RootsOwn) ? RootsOwn
            : System.IO.Path.GetTempPath();
        return new RegistrationFolder(System.IO.Path.Combine(root, OperatingSystem.IsWindows() ? "dapr-sidecars" : $"dapr-sidecars-{Environment.UserName}"));
    }

    /// <summary>Writes what <see cref="Publish"/> shows. Throws when the folder is another user's, or a link to elsewhere.</summary>
    public void Draft(SidecarRegistration registration)
    {
        Prepare();
        RemoveStale();
        var file = System.IO.Path.Combine(path, $"{Prefix(registration.AppId, registration.Namespace)}-{registration.Instance:N}{Ending}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        _draft = file + DraftEnding;
        using var stream = new FileStream(_draft, options);
        stream.Write(registration.ToJson());
    }

    /// <summary>From now on others find what was drafted.</summary>
    public void Publish()
    {
        var file = _draft![..^DraftEnding.Length];
        File.Move(_draft, file);
        (_draft, _file) = (null, file);
    }

    public void Unregister()
    {
        foreach (var file in new[] { Interlocked.Exchange(ref _draft, null), Interlocked.Exchange(ref _file, null) }.OfType<string>())
        {
            Delete(file);
        }
    }

    /// <summary>The running sidecars of an app.</summary>
    public IReadOnlyList<SidecarRegistration> Find(string appId, string ns)
        => [.. Read($"{Prefix(appId, ns)}-*{Ending}").Where(registration => registration.AppId == appId && registration.Namespace == ns && registration.IsAlive)];

    /// <summary>The running sidecar that calls itself so.</summary>
    public SidecarRegistration? Find(Guid instance)
        => Read($"*-{instance:N}{Ending}").FirstOrDefault(registration => registration.Instance == instance && registration.IsAlive);

    private static string Prefix(string appId, string ns)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{appId}\n{ns}")).AsSpan(0, 12));

    private void Prepare()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path); // in the user's profile
            return;
        }

        Directory.CreateDirectory(path, OwnerFolder);
        if (new DirectoryInfo(path).LinkTarget is not null)
        {
            throw new UnauthorizedAccessException($"{path} is a link");
        }

        File.SetUnixFileMode(path, OwnerFolder); // only the owner may
    }

    private SidecarRegistration[] Read(string pattern)
    {
        try
        {
            return IsOurs() ? [.. Directory.EnumerateFiles(path, pattern).Select(ReadFile).OfType<SidecarRegistration>()] : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // another user's, or gone
        }
    }

    private bool IsOurs() => OperatingSystem.IsWindows() ? Directory.Exists(path) : OwnFolder.Is(path, static mode => mode == OwnerFolder);

    private static SidecarRegistration? ReadFile(string file)
    {
        try
        {
            // Pipes and devices have no length; to open one could take for ever.
            var isOwners = OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == OwnerFile;
            return isOwners && new FileInfo(file) is { LinkTarget: null, Length: > 0 and < 4096 } ? SidecarRegistration.Parse(File.ReadAllBytes(file)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // its sidecar has just ended
        }
    }

    /// <summary>What sidecars left that were killed.</summary>
    private void RemoveStale()
    {
        foreach (var file in Directory.EnumerateFiles(path, $"*{Ending}").Concat(Directory.EnumerateFiles(path, $"*{Ending}{DraftEnding}")))
        {
            if (ReadFile(file) is { IsAlive: false })
            {
                Delete(file);
            }
        }
    }

    private static void Delete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody else has tidied up.
        }
    }
}
