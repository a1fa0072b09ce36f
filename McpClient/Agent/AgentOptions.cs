using McpAspire.Client.Configuration;

namespace McpAspire.Client.Agent;

/// <summary>Section <c>McpClient:Agent</c>.</summary>
internal sealed record AgentOptions
{
    private const string Section = "McpClient:Agent";

    /// <summary>Time between two runs.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A run that takes longer is given up.</summary>
    public TimeSpan RunTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many tickets one run may change.</summary>
    public int MaxTicketsPerRun { get; init; } = 5;

    /// <summary>Priorities that the agent handles; empty means all.</summary>
    public IReadOnlyList<string> Priorities { get; init; } = [];

    public bool Handles(string priority)
        => Priorities.Count == 0 || Priorities.Contains(priority, StringComparer.OrdinalIgnoreCase);

    public static AgentOptions Read(IConfiguration configuration)
    {
        var settings = new SettingsReader(configuration, Section);
        var defaults = new AgentOptions();
        return new AgentOptions
        {
            Interval = settings.Duration(nameof(Interval), defaults.Interval, TimeSpan.FromMilliseconds(100)),
            RunTimeout = settings.Duration(nameof(RunTimeout), defaults.RunTimeout, TimeSpan.FromSeconds(1)),
            MaxTicketsPerRun = settings.Number(nameof(MaxTicketsPerRun), defaults.MaxTicketsPerRun, 1, 100),
            Priorities = settings.Text(nameof(Priorities))?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
        };
    }
}
