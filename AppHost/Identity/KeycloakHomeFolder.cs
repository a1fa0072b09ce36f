namespace McpAspire.AppHost;

/// <summary>
/// A home of links to an unpacked Keycloak, so that its realm import and its data belong to this run
/// and the installation stays as it is.
/// </summary>
internal static class KeycloakHomeFolder
{
    public static string Prepare(string installation, string home, string realmFile)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(installation))
        {
            var link = Path.Combine(home, Path.GetFileName(entry));
            if (Path.GetFileName(entry) != "data" && !Path.Exists(link))
            {
                Directory.CreateSymbolicLink(link, entry);
            }
        }

        var import = Directory.CreateDirectory(Path.Combine(home, "data", "import")).FullName;
        File.Copy(realmFile, Path.Combine(import, Path.GetFileName(realmFile)), overwrite: true);
        return home;
    }
}
