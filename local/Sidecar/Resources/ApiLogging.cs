namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.logging.apiLogging</c>.</summary>
internal sealed record ApiLogging(bool IsEnabled, bool ObfuscatesUrls, bool OmitsHealthChecks)
{
    public static readonly ApiLogging Off = new(IsEnabled: false, ObfuscatesUrls: false, OmitsHealthChecks: false);

    public static ApiLogging Read(YamlMap logging)
    {
        logging.Only("enabled", "obfuscateURLs", "omitHealthChecks");
        return new ApiLogging(
            logging.Switch("enabled", otherwise: false),
            logging.Switch("obfuscateURLs", otherwise: false),
            logging.Switch("omitHealthChecks", otherwise: false));
    }
}
