using System.Diagnostics;
using McpAspire.Client.Tickets;

namespace McpAspire.Client.Agent;

/// <summary>The first call that the server allowed.</summary>
internal sealed record FirstCall(string Tool, DateTimeOffset At, string? TraceId);

/// <summary>What <c>/status</c> shows.</summary>
internal sealed record AgentReport
{
    public Identity? Identity { get; init; }

    public FirstCall? FirstAuthorisedCall { get; init; }

    public int Runs { get; init; }

    public int FailedRuns { get; init; }

    public int FailedRunsInARow { get; init; }

    public int OpenTickets { get; init; }

    public int CommentsWritten { get; init; }

    public DateTimeOffset? LastRunAt { get; init; }

    public string? LastTraceId { get; init; }

    public string? LastFailure { get; init; }
}

/// <summary>The agent's memory of its own runs.</summary>
internal sealed class AgentStatus
{
    private const int MaxNotes = 10_000;

    private readonly Lock gate = new();
    private readonly HashSet<string> notes = new(StringComparer.Ordinal);
    private AgentReport report = new();

    public AgentReport Report
    {
        get
        {
            lock (gate)
            {
                return report;
            }
        }
    }

    /// <summary>Records that the server allowed a call; returns it when it was the first.</summary>
    public FirstCall? Authorised(Identity identity, string tool, DateTimeOffset at)
    {
        lock (gate)
        {
            var first = report.FirstAuthorisedCall is null ? new FirstCall(tool, at, TraceId()) : null;
            report = report with { Identity = identity, FirstAuthorisedCall = report.FirstAuthorisedCall ?? first };
            return first;
        }
    }

    public void Succeeded(TriageResult result, DateTimeOffset at)
    {
        lock (gate)
        {
            report = report with
            {
                Runs = report.Runs + 1,
                FailedRunsInARow = 0,
                OpenTickets = result.Open,
                CommentsWritten = report.CommentsWritten + result.Commented,
                LastRunAt = at,
                LastTraceId = TraceId(),
                LastFailure = null,
            };
        }
    }

    public void Failed(string reason, DateTimeOffset at)
    {
        lock (gate)
        {
            report = report with
            {
                Runs = report.Runs + 1,
                FailedRuns = report.FailedRuns + 1,
                FailedRunsInARow = report.FailedRunsInARow + 1,
                LastRunAt = at,
                LastTraceId = TraceId(),
                LastFailure = reason,
            };
        }
    }

    /// <summary>Records that no run can start yet, without counting a run.</summary>
    public void Waiting(string reason)
    {
        lock (gate)
        {
            report = report with { LastFailure = reason };
        }
    }

    /// <summary>True when this state is known to have its note: saves the look at the ticket.</summary>
    public bool HasNote(string mark)
    {
        lock (gate)
        {
            return notes.Contains(mark);
        }
    }

    public void Remember(string mark)
    {
        lock (gate)
        {
            if (notes.Count >= MaxNotes)
            {
                notes.Clear(); // only a shortcut: the notes on the tickets are the truth
            }

            notes.Add(mark);
        }
    }

    private static string? TraceId() => Activity.Current?.TraceId.ToHexString();
}
