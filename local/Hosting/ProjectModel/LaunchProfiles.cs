using System.Text;
using System.Text.Json;

namespace Aspire.Hosting.ProjectModel;

/// <summary>Reads <c>launchSettings.json</c> and picks the profile.</summary>
internal static class LaunchProfiles
{
    private static readonly JsonSerializerOptions Lenient = new()
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The wanted profile; else the one with the AppHost's own name; else the first that starts the project.</summary>
    public static NamedLaunchProfile? Select(IProjectMetadata metadata, string? wanted, string? appHostProfile)
    {
        var profiles = (metadata.LaunchSettings ?? Read(Path.GetDirectoryName(metadata.ProjectPath)!))?.Profiles ?? [];
        if (wanted is not null)
        {
            return profiles.TryGetValue(wanted, out var named)
                ? new NamedLaunchProfile(wanted, named)
                : throw new DistributedApplicationException(
                    $"Project '{metadata.ProjectPath}' has no launch profile '{wanted}'; it has: {string.Join(", ", profiles.Keys)}.");
        }

        if (appHostProfile is not null && profiles.TryGetValue(appHostProfile, out var same))
        {
            return new NamedLaunchProfile(appHostProfile, same);
        }

        return profiles
            .Where(p => p.Value.CommandName == "Project")
            .Select(p => new NamedLaunchProfile(p.Key, p.Value))
            .FirstOrDefault();
    }

    public static LaunchSettings? Read(string projectFolder)
    {
        var path = Path.Combine(projectFolder, "Properties", "launchSettings.json");
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<LaunchSettings>(stream, Lenient);
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"'{path}' is not valid: {e.Message}", e);
        }
    }

    /// <summary>Where the profile listens, by endpoint name: the scheme, with a number from the second on.</summary>
    public static IEnumerable<(string Name, Uri Address)> Addresses(LaunchProfile profile)
    {
        var counts = new Dictionary<string, int>();
        foreach (var text in (profile.ApplicationUrl ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = new Uri(text.Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal));
            var count = counts[address.Scheme] = counts.GetValueOrDefault(address.Scheme) + 1;
            yield return (count == 1 ? address.Scheme : $"{address.Scheme}{count}", address);
        }
    }

    public static IReadOnlyList<string> Arguments(LaunchProfile profile)
    {
        List<string> arguments = [];
        var current = new StringBuilder();
        var (quoted, started) = (false, false);
        foreach (var c in profile.CommandLineArgs ?? string.Empty)
        {
            switch (c)
            {
                case '"':
                    quoted = !quoted;
                    started = true;
                    break;
                case ' ' when !quoted:
                    Flush();
                    break;
                default:
                    current.Append(c);
                    started = true;
                    break;
            }
        }

        Flush();
        return arguments;

        void Flush()
        {
            if (started)
            {
                arguments.Add(current.ToString());
            }

            current.Clear();
            started = false;
        }
    }
}
