using Aspire.Hosting.Dashboard.Bundle;

namespace Aspire.Hosting.Dashboard.Tests;

/// <summary>A cache folder of its own, and an npm and an aspire CLI that are shell scripts.</summary>
internal sealed class BundleFixture : IDisposable
{
    public static NpmPackage Package { get; } = new("@microsoft/aspire-cli-test", "sha512-test");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashboard-tests-");

    public BundleFixture()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs that this test stands in for are shell scripts.");
        Directory.CreateDirectory(Bin);
        Cache = new BundleCache(Path.Combine(_folder.FullName, "cache"));
    }

    public BundleCache Cache { get; }

    public List<string> Said { get; } = [];

    public string Bin => Path.Combine(_folder.FullName, "bin");

    public string SearchPath => $"{Bin}:/usr/bin:/bin";

    /// <summary>One line for each time that npm ran.</summary>
    public string Runs => Path.Combine(_folder.FullName, "runs");

    /// <summary>A held npm waits for this file.</summary>
    public string Release => Path.Combine(_folder.FullName, "release");

    /// <summary>The HOME that the CLI was given.</summary>
    public string Home => Path.Combine(_folder.FullName, "home");

    public NpmInstaller Npm(string? searchPath = null)
        => new(Package, Cache, new BundleUnpacker(Cache), searchPath ?? SearchPath, TimeProvider.System);

    public BundleLocator Locator(string? searchPath = null)
        => new(new InstalledCli(Cache, new BundleUnpacker(Cache), searchPath ?? SearchPath), Npm(searchPath));

    public void Say(string line)
    {
        lock (Said)
        {
            Said.Add(line);
        }
    }

    /// <summary>An npm that installs a CLI of version 13.5.4, after <paramref name="first"/>.</summary>
    public void WriteNpm(string first = "")
    {
        var cli = $"node_modules/{Package.Name}/bin/aspire";
        WriteScript("npm", $"""
            echo "$1" >> '{Runs}'
            {first}
            grep -q '"integrity":"{Package.Integrity}"' package-lock.json || exit 9
            mkdir -p "$(dirname '{cli}')"
            cat > '{cli}' <<'END'
            {CliScript("13.5.4")}
            END
            chmod +x '{cli}'
            """);
    }

    public void WriteCli(string version) => WriteScript("aspire", CliScript(version));

    public void WriteScript(string name, string body)
    {
        var path = Path.Combine(Bin, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // "setup --install-path FOLDER …" as the real one answers it.
    private string CliScript(string version) => $"""
        #!/bin/sh
        if [ "$1" = --version ]; then echo '{version}+0123456789'; exit 0; fi
        [ "$1 $2" = 'setup --install-path' ] && [ "$ASPIRE_CLI_TELEMETRY_OPTOUT" = true ] || exit 7
        echo "$HOME" > '{Home}'
        mkdir -p "$3/versions/{version}_abc/managed/wwwroot" "$3/versions/{version}_abc/dcp"
        echo 'program {version}' > "$3/versions/{version}_abc/managed/aspire-managed"
        """;
}
