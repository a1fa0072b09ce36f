using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Aspire.Hosting.ProjectModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Engine;

/// <summary>Turns a resource into the process that it is.</summary>
internal sealed class ProcessPlanner(
    DistributedApplicationExecutionContext executionContext,
    ResourceLoggerService loggers,
    IHostEnvironment environment)
{
    public static bool IsProcess(IResource resource) => resource is ProjectResource or ExecutableResource;

    public async Task<ProcessSpec> PlanAsync(IResource resource, CancellationToken cancellationToken)
    {
        var arguments = await ArgumentsAsync(resource, cancellationToken).ConfigureAwait(false);
        var variables = await EnvironmentAsync(resource, cancellationToken).ConfigureAwait(false);
        if (resource is ProjectResource project)
        {
            var output = await ProjectOutput.FindAsync(project, cancellationToken).ConfigureAwait(false);
            variables.TryAdd("DOTNET_ENVIRONMENT", environment.EnvironmentName);
            variables.TryAdd("ASPNETCORE_ENVIRONMENT", environment.EnvironmentName);
            return new ProcessSpec(
                ProgramSearch.Find(output.Command, environment.ContentRootPath),
                [.. output.Arguments, .. arguments],
                Path.GetDirectoryName(project.GetProjectMetadata().ProjectPath)!,
                variables);
        }

        var executable = (ExecutableResource)resource;
        return Directory.Exists(executable.WorkingDirectory)
            ? new ProcessSpec(ProgramSearch.Find(executable.Command, executable.WorkingDirectory), arguments, executable.WorkingDirectory, variables)
            : throw new DistributedApplicationException($"its working directory '{executable.WorkingDirectory}' does not exist");
    }

    private async Task<List<string>> ArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var callbacks = resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList();
        if (callbacks.Count == 0)
        {
            return [.. resource.Annotations.OfType<LaunchProfileArguments>().LastOrDefault()?.Arguments ?? []];
        }

        var context = new CommandLineArgsCallbackContext([], resource, cancellationToken)
        {
            ExecutionContext = executionContext,
            Logger = loggers.GetLogger(resource),
        };
        foreach (var callback in callbacks)
        {
            await callback.Callback(context).ConfigureAwait(false);
        }

        List<string> arguments = [];
        foreach (var argument in context.Args)
        {
            arguments.Add(await ValueResolver.ResolveAsync(argument, cancellationToken).ConfigureAwait(false));
        }

        return arguments;
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken)
        {
            Logger = loggers.GetLogger(resource),
        };
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await callback.Callback(context).ConfigureAwait(false);
        }

        Dictionary<string, string> variables = [];
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            variables[name] = await ValueResolver.ResolveAsync(value, cancellationToken).ConfigureAwait(false);
        }

        return variables;
    }
}
