using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Preflight;
using McpAspire.Sidecar.Resources;

// "Sidecar run …" is the command line of the dapr CLI, "Sidecar …" that of daprd.
var asDaprRun = args is ["run", ..];
try
{
    if (args is ["check", .. var rest])
    {
        return PreflightCommand.Run(ParsedArguments.Parse(rest, Flags.OfCheck), Environment.GetEnvironmentVariable, Console.Out);
    }

    var arguments = ParsedArguments.Parse(asDaprRun ? args[1..] : args);
    if (arguments.Switch("help"))
    {
        Console.Out.WriteLine(Usage.Text);
        return 0;
    }

    if (arguments.Switch("version") || arguments.Switch("build-info"))
    {
        Console.Out.WriteLine(MetadataApi.RuntimeVersion);
        return 0;
    }

    var options = new SidecarOptionsReader(arguments, Environment.GetEnvironmentVariable, asDaprRun).Read();
    return await SidecarHost.RunAsync(options, Environment.GetEnvironmentVariable);
}
catch (CommandLineException exception)
{
    Console.Error.WriteLine(exception.Message);
    return exception.ExitCode;
}
catch (ResourceException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
