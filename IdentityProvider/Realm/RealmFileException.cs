using McpAspire.IdentityProvider.Hosting;

namespace McpAspire.IdentityProvider.Realm;

/// <summary>A realm file that cannot be served; the message names the file, the path in it and what is allowed.</summary>
internal sealed class RealmFileException(string file, string path, string problem)
    : StartupException($"{file}: {(path.Length == 0 ? "" : $"{path}: ")}{problem}");
