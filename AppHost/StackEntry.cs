using System.Reflection;

namespace McpAspire.AppHost;

/// <summary>How the AppHost ends when the stack cannot be started as configured.</summary>
internal static class StackEntry
{
    /// <summary>False in tests: there the exception belongs to the test.</summary>
    public static bool IsRunDirectly { get; } = Assembly.GetEntryAssembly() == typeof(StackEntry).Assembly;

    /// <summary>Says why in one sentence and gives the exit code.</summary>
    public static int Refuse(DistributedApplicationException error)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }
}
