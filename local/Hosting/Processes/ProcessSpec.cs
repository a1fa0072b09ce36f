namespace Aspire.Hosting.Processes;

/// <summary>A process to start.</summary>
/// <param name="Program">The full path of the program, or a name that is found in PATH.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="WorkingDirectory">The folder in which it starts.</param>
/// <param name="Environment">Variables besides the inherited ones.</param>
internal sealed record ProcessSpec(
    string Program,
    IReadOnlyList<string> Arguments,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Environment);
