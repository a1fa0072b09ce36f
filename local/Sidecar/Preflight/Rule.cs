namespace McpAspire.Sidecar.Preflight;

/// <summary>Something that <c>check</c> looks for.</summary>
/// <param name="Id">Named in every finding.</param>
/// <param name="Target">The sidecar for which it matters; null: both.</param>
/// <param name="Severity">An error fails the check.</param>
/// <param name="Meaning">What goes wrong.</param>
/// <param name="Mend">What to do, when a finding does not say it better.</param>
internal sealed record Rule(string Id, PreflightTarget? Target, Severity Severity, string Meaning, string Mend)
{
    public bool Concerns(PreflightTarget target) => Target is null || Target == target;
}
