namespace Aspire.Hosting.Dashboard;

/// <summary>How the dashboard's program ended.</summary>
internal sealed record DashboardExit(int Code)
{
    private const int Unexpected = 100;
    private const int BadConfiguration = 101;
    private const int AddressInUse = 102;

    public bool PortWasTaken => Code == AddressInUse;

    /// <summary>Another try would end the same way.</summary>
    public bool IsFinal => Code == BadConfiguration;

    public string Reason => Code switch
    {
        Unexpected => "it failed unexpectedly (exit code 100)",
        BadConfiguration => "it does not accept its configuration (exit code 101)",
        AddressInUse => "one of its ports is in use (exit code 102)",
        _ => $"it ended with exit code {Code}",
    };
}
