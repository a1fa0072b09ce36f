namespace Aspire.Hosting.Dashboard;

/// <summary>What became of starting the dashboard. The stack runs in either case.</summary>
internal abstract record DashboardStart
{
    private DashboardStart()
    {
    }

    /// <summary>The dashboard answers.</summary>
    public sealed record Running(DashboardConnection Connection) : DashboardStart;

    /// <summary>There is no dashboard; <paramref name="Reason"/> is a sentence that says why and how to get it.</summary>
    public sealed record Unavailable(string Reason) : DashboardStart;
}
