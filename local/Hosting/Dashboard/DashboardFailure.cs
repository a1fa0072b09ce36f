namespace Aspire.Hosting.Dashboard;

/// <summary>The dashboard cannot be had in this run; the message is a clause that says why.</summary>
internal sealed class DashboardFailure(string reason) : Exception(reason);
