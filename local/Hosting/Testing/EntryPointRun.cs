using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>The run of an AppHost's entry point on a thread of its own.</summary>
internal sealed class EntryPointRun
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EntryPointRun(EntryPointGate gate) => Gate = gate;

    public EntryPointGate Gate { get; }

    public Task Ended => _ended.Task;

    public static EntryPointRun Start(
        Type entryPoint,
        string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
    {
        var assembly = entryPoint.Assembly;
        var main = assembly.EntryPoint
            ?? throw new InvalidOperationException($"The assembly '{assembly.GetName().Name}' of {entryPoint.Name} has no entry point: a type of an AppHost is needed.");
        var gate = new EntryPointGate((options, settings) =>
        {
            options.AssemblyName ??= assembly.GetName().Name;
            settings.Args = options.Args = options.Args is { Length: > 0 } passedOn ? passedOn : args;
            configure(options, settings);
        });

        var run = new EntryPointRun(gate);
        new Thread(() => run.Invoke(main, args)) { IsBackground = true, Name = $"Entry point of {assembly.GetName().Name}" }.Start();
        return run;
    }

    private void Invoke(MethodInfo main, string[] args)
    {
        EntryPointGate.Current = Gate;
        Exception? error = null;
        try
        {
            object?[] parameters = main.GetParameters().Length == 0 ? [] : [args];
            if (main.Invoke(obj: null, parameters) is Task task)
            {
                task.GetAwaiter().GetResult();
            }
        }
        catch (TargetInvocationException e)
        {
            error = e.InnerException;
        }
        catch (Exception e)
        {
            error = e;
        }

        Gate.EntryPointEnded(error);
        _ended.SetResult();
    }
}
