using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>The npm package that carries the dashboard for this platform, at the version this engine was tried with.</summary>
/// <param name="Name">Package name.</param>
/// <param name="Integrity">Hash that npm must find, where we know it; npm's own metadata is checked in any case.</param>
internal sealed record NpmPackage(string Name, string? Integrity)
{
    public const string Version = "13.5.4";
    public const string Size = "145 MB";

    private const string LinuxX64Integrity =
        "sha512-8PWeRHM1+QwQB2wxDnfPsimi3EW01r04b4DjX0jIDE78SlfJabwVfYArW/48vDzYvPzKSRye6DIPVAsCFoXjBA==";

    public static string CliFileName { get; } = OperatingSystem.IsWindows() ? "aspire.exe" : "aspire";

    /// <summary>Null on a platform for which there is no package.</summary>
    public static NpmPackage? ForThisMachine()
    {
        var system = OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsWindows() ? "win" : null;
        var architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            _ => null,
        };
        if (system is null || architecture is null)
        {
            return null;
        }

        var libc = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "musl-" : "";
        var platform = $"{system}-{libc}{architecture}";
        return new NpmPackage($"@microsoft/aspire-cli-{platform}", platform == "linux-x64" ? LinuxX64Integrity : null);
    }

    /// <summary>Writes the two files from which <c>npm ci</c> installs exactly this package and checks its hash.</summary>
    public void WriteLockedProject(string folder)
    {
        var dependencies = new JsonObject { [Name] = Version };
        var package = new JsonObject { ["version"] = Version };
        if (Integrity is not null)
        {
            package["integrity"] = Integrity;
        }

        // No "resolved" address: the registry is the one that the user's npm is configured for.
        var locked = new JsonObject
        {
            ["lockfileVersion"] = 3,
            ["requires"] = true,
            ["packages"] = new JsonObject
            {
                [""] = new JsonObject { ["dependencies"] = dependencies.DeepClone() },
                [$"node_modules/{Name}"] = package,
            },
        };
        var project = new JsonObject { ["private"] = true, ["dependencies"] = dependencies };
        File.WriteAllText(Path.Combine(folder, "package.json"), project.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "package-lock.json"), locked.ToJsonString());
    }

    public string CliPath(string folder) => Path.Combine([folder, "node_modules", .. Name.Split('/'), "bin", CliFileName]);
}
