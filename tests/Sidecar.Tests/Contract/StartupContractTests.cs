using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The starts that daprd was tried with: same exit code, or running as well; its help, its log, its environment.</summary>
[Trait("Category", "Contract")]
public sealed partial class StartupContractTests
{
    private const string Topic = "startup";
    private const string Help = "dapr(d| run) --help";

    /// <summary>Ports of the recorded command lines.</summary>
    private static readonly string[] _ports = ["3650", "27650", "28650", "9470", "8080", "5600"];

    private readonly Differences _differences = Differences.Load();
    private readonly Comparison _comparison = new(new Ports());

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    [Plays(Topic, Except = Help + "|log of a normal start|--enable-api-logging|ready after|environment of the app.*")]
    public async Task Starts_Replayed_EndAsDaprdsDo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var found = new List<string>();
        foreach (var entry in Recording.Topic(Topic).Where(entry => entry["args"] is not null))
        {
            found.AddRange(Compare(entry, await StartAsync(entry, ((IPEndPoint)taken.LocalEndpoint).Port)));
        }

        found.AddRange(_differences.Unused(Topic));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    [Plays(Topic, Names = Help)]
    public async Task Help_Replayed_NamesEveryFlagWithItsDefault()
    {
        var found = new List<string>();
        foreach (var entry in Recording.Topic(Topic).Where(entry => Regex.IsMatch((string)entry["name"]!, $"^{Help}$")))
        {
            string[] arguments = (string)entry["name"]! == "dapr run --help" ? ["run", "--help"] : ["--help"];
            await using var help = SidecarProcess.LaunchExactly(arguments, port: 0);
            var text = await help.WaitForExitAsync(Stopping);
            found.AddRange(Ledger.Compare(_differences, Topic, entry, recorded =>
            [
                .. (int)recorded["exit_code"]! == help.ExitCode ? Array.Empty<(string, string)>() : [("exit code", $"came {help.ExitCode}")],
                .. recorded["text"]!.AsArray().SelectMany(line => Named((string)line!, text.Split('\n'))),
            ]));
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    [Plays(Topic, Names = "log of a normal start|--enable-api-logging|ready after|environment of the app.*")]
    public async Task Log_Replayed_SaysWhatDaprdSays()
    {
        await using var rig = new ContractRig();
        rig.Ports.Set(9460, FreePort.Next());
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await using var sidecar = SidecarProcess.Launch([.. rig.Arguments("none"), "--enable-api-logging"], rig.Ports[3600]);
        await sidecar.WaitForPortAsync(Stopping);
        await sidecar.WaitForReadyAsync(Stopping);
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        await RawClient.GetAsync(sidecar.HttpPort, "/show?a=1", Stopping, ("dapr-app-id", "app"), ("User-Agent", "me"));
        await Eventually.TrueAsync(() => sidecar.Output.Contains("GET /show", StringComparison.Ordinal), "the call is logged", Stopping);
        var environment = SidecarProcess.IsDaprd ? string.Empty : await EnvironmentOfAppAsync(rig.App.Port);

        string[] said = [.. sidecar.Output.Split('\n').Select(rig.Ports.ToRecorded)];
        string[] variables = [.. environment.Split('\n').Where(line => line.StartsWith("APP_", StringComparison.Ordinal) || line.StartsWith("DAPR_", StringComparison.Ordinal)).Select(line => line.Split('=')[0])];
        var found = Recording.Topic(Topic)
            .Where(entry => entry["args"] is null && !Regex.IsMatch((string)entry["name"]!, $"^{Help}$"))
            .SelectMany(entry => Ledger.Compare(_differences, Topic, entry, recorded => Compare(recorded, said, seconds, variables)))
            .ToArray();

        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    private static async Task<string> EnvironmentOfAppAsync(int appPort)
    {
        await using var run = SidecarProcess.LaunchExactly(
            ["run", "--app-id", "app", "--app-port", $"{appPort}", "--metrics-port", $"{FreePort.Next()}", "--", "env"], port: 0);
        return await run.WaitForExitAsync(Stopping);
    }

    private static IEnumerable<(string What, string Detail)> Compare(JsonObject recorded, string[] said, double seconds, string[] variables)
    {
        if (recorded["seconds"] is { } took && EventTiming.Of((double)took) != EventTiming.Of(seconds, (double)took))
        {
            yield return ("seconds", $"recorded {took}, came {seconds}");
        }

        if (recorded["first_line"] is { } first && !Comparison.Matches(AnyHost((string)first!), Regex.Replace(AnyHost(said[0]), "McpAspire sidecar", string.Empty)))
        {
            yield return ("first line", $"recorded {first}, came {said[0]}");
        }

        foreach (var line in (recorded["lines"] as JsonArray ?? []).Select(line => Call((string)line!)).Where(line => !said.Any(came => Call(came) == line)))
        {
            yield return ("line", line);
        }

        foreach (var name in (recorded["names"] as JsonArray ?? []).Select(name => (string)name!).Except(variables))
        {
            yield return ("names", name);
        }

        // Those that are said are said in the recorded order.
        string[] messages = [.. said.Select(line => Observed.Plain(line)).Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..])];
        var at = 0;
        foreach (var message in (recorded["messages"] as JsonArray ?? []).Select(line => (string)line!))
        {
            var next = Array.FindIndex(messages, at, came => Message(came).StartsWith(Message(message), StringComparison.Ordinal));
            if (next < 0)
            {
                yield return ("message", message);
            }
            else
            {
                at = next + 1;
            }
        }
    }

    /// <summary>Without what is of the machine or the moment: port, address, duration.</summary>
    private static string Message(string text) => Moment().Replace(text, "~").Trim();

    private static string AnyHost(string line) => Regex.Replace(line, @"instance=\S+", "instance=<host>");

    /// <summary>The line of a call without time and machine; how long it took is another number each time.</summary>
    private static string Call(string line) => Regex.Replace(Regex.Replace(AnyHost(line), "^time=\\S+", "time=\"<time>\""), @"duration=\d+|size=2\d\d", "~");

    /// <summary>A line of a help text: a flag is named with its default, other lines are there.</summary>
    private static IEnumerable<(string What, string Detail)> Named(string line, string[] came)
    {
        if (FlagLine().Match(line) is not { Success: true } flag)
        {
            return line.Trim().Length == 0 || came.Any(other => other.Trim() == line.Trim()) ? [] : [("text", line.Trim())];
        }

        var (letter, name, value) = (flag.Groups[1].Value, flag.Groups[2].Value, DefaultValue().Match(line).Groups[1].Value);
        return came.Any(other => FlagLine().Match(other) is { Success: true } match
                && match.Groups[2].Value == name
                && (letter.Length == 0 || match.Groups[1].Value == letter)
                && (value.Length == 0 || DefaultValue().Match(other).Groups[1].Value == value))
            ? []
            : [("flag", $"{letter}{name}{(value.Length > 0 ? $" (default {value})" : string.Empty)}")];
    }

    private List<string> Compare(JsonObject entry, Observed observed)
        => Ledger.Compare(_differences, Topic, entry, recorded => observed.Compare(recorded, _comparison));

    private static async Task<Observed> StartAsync(JsonObject entry, int takenPort)
    {
        var actual = _ports.ToDictionary(port => port, port => (port == "8080" ? takenPort : FreePort.Next()).ToString(CultureInfo.InvariantCulture));
        var none = Path.Combine(Recording.Folder, "config", "plain");
        string[] arguments = [.. entry["args"]!.AsArray().Select(argument => actual.GetValueOrDefault((string)argument!) ?? (string)argument!)];
        await using var sidecar = SidecarProcess.LaunchExactly(arguments, int.Parse(actual["3650"], CultureInfo.InvariantCulture), workingDirectory: none);
        await sidecar.WaitForStartOrEndAsync(Stopping);
        if (sidecar.HasExited)
        {
            await sidecar.WaitForExitAsync(Stopping);
        }

        return new Observed
        {
            Values = new JsonObject { ["running"] = !sidecar.HasExited, ["exit_code"] = sidecar.HasExited ? sidecar.ExitCode : null },
            Output = actual.Aggregate(sidecar.Output, (text, port) => text.Replace(port.Value, port.Key, StringComparison.Ordinal)),
        };
    }

    [GeneratedRegex(@"^\s*(-\w, )?(--[\w-]+)\b")]
    private static partial Regex FlagLine();

    [GeneratedRegex(@"\(default ""?([^"")]*)""?\)\s*$")]
    private static partial Regex DefaultValue();

    [GeneratedRegex(@"<\w+>|\d+(\.\d+)*|McpAspire sidecar")]
    private static partial Regex Moment();
}
