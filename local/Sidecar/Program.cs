using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Preflight;
using McpAspire.Sidecar.Resources;

// "Sidecar run …" is the command line of the dapr CLI, "Sidecar …" that of daprd.
var asDaprRun = args is ["run", ..];
ParsedArguments? arguments = null;
try
{
    if (args is ["check", .. var rest])
    {
        return PreflightCommand.Run(ParsedArguments.Parse(rest, Flags.OfCheck), Environment.GetEnvironmentVariable, Console.Out);
    }

    arguments = ParsedArguments.Parse(asDaprRun ? args[1..] : args);
    if (arguments.Switch("help"))
    {
        Console.Out.WriteLine(Usage.Text(asDaprRun));
        return 0;
    }

    if (arguments.Switch("version") || arguments.Switch("build-info"))
    {
        Console.Out.WriteLine(MetadataApi.RuntimeVersion);
        return 0;
    }

    if (asDaprRun && arguments.Strays is [var word, ..])
    {
        throw new CommandLineException($"The argument '{word}' belongs to no flag. The app's command is given after --, as in: run --app-id app -- {string.Join(' ', arguments.Strays)}", CommandLineException.WrongUsage);
    }

    var options = new SidecarOptionsReader(arguments, Environment.GetEnvironmentVariable, asDaprRun).Read();
    return await SidecarHost.RunAsync(options, Environment.GetEnvironmentVariable);
}
catch (Exception exception) when (exception is CommandLineException or ResourceException)
{
    var exitCode = (exception as CommandLineException)?.ExitCode ?? 1;
    if (arguments is null || exitCode == CommandLineException.WrongUsage)
    {
        Console.Error.WriteLine(exception.Message);
    }
    else
    {
        FatalError.Say((exception as ResourceException)?.Fatal ?? exception.Message, arguments);
    }

    return exitCode;
}
