namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>What looking for the dashboard came to.</summary>
internal abstract record BundleSearch
{
    private BundleSearch()
    {
    }

    public sealed record Found(DashboardBundle Bundle) : BundleSearch;

    /// <summary>Not to be had; <paramref name="Reason"/> is a clause such as "npm is not on PATH".</summary>
    public sealed record Missing(string Reason) : BundleSearch;
}
