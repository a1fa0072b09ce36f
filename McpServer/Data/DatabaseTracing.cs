using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace McpAspire.McpServer.Data;

/// <summary>
/// One client span for every command, with the attributes of OpenTelemetry's database conventions. The statement is
/// the text with its placeholders: values never leave the database.
/// </summary>
internal sealed class DatabaseTracing : DbCommandInterceptor
{
    private static readonly ActivitySource Source = new("McpAspire.Database");

    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
        => Traced(command, eventData, result);

    public override ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(Traced(command, eventData, result));

    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
        => Traced(command, eventData, result);

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(Traced(command, eventData, result));

    public override object? ScalarExecuted(DbCommand command, CommandExecutedEventData eventData, object? result)
        => Traced(command, eventData, result);

    public override ValueTask<object?> ScalarExecutedAsync(DbCommand command, CommandExecutedEventData eventData, object? result, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(Traced(command, eventData, result));

    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData)
        => Trace(command, eventData, eventData.Exception);

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Trace(command, eventData, eventData.Exception);
        return Task.CompletedTask;
    }

    private static T Traced<T>(DbCommand command, CommandExecutedEventData eventData, T result)
    {
        Trace(command, eventData, error: null);
        return result;
    }

    private static void Trace(DbCommand command, CommandEndEventData eventData, Exception? error)
    {
        // What happens outside of a request (creation at start) is nobody's trace.
        if (Activity.Current is not { } parent)
        {
            return;
        }

        var statement = StatementSummary.Of(command.CommandText);
        using var span = Source.StartActivity(ActivityKind.Client, parent.Context, startTime: eventData.StartTime, name: statement.Summary);
        if (span is null)
        {
            return;
        }

        span.SetTag("db.system.name", "sqlite");
        span.SetTag("db.namespace", Path.GetFileName(command.Connection?.DataSource));
        span.SetTag("db.operation.name", statement.Operation);
        span.SetTag("db.collection.name", statement.Collection);
        span.SetTag("db.query.summary", statement.Summary);
        span.SetTag("db.query.text", command.CommandText);
        if (error is not null)
        {
            span.SetTag("error.type", error.GetType().FullName);
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.SetEndTime((eventData.StartTime + eventData.Duration).UtcDateTime);
    }
}
