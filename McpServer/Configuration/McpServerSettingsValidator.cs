using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore;

namespace McpAspire.McpServer.Configuration;

internal sealed class McpServerSettingsValidator : IValidateOptions<McpServerSettings>
{
    public ValidateOptionsResult Validate(string? name, McpServerSettings settings)
    {
        var failures = Failures(settings).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(McpServerSettings settings)
    {
        var modes = Enum.GetNames<HttpServerSessionMode>();
        if (!modes.Contains(settings.SessionMode, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"McpServer:SessionMode is '{settings.SessionMode}'; allowed are {string.Join(", ", modes)}.";
        }

        if (settings.AuditLoginUrl.Length > 0
            && !(Uri.TryCreate(settings.AuditLoginUrl, UriKind.Absolute, out var login) && login.Scheme is "http" or "https"))
        {
            yield return $"McpServer:AuditLoginUrl is '{settings.AuditLoginUrl}'; it must be empty or the http address of the audit page at the sidecar.";
        }

        foreach (var (key, value, most) in Numbers(settings).Where(number => number.Value < 0 || number.Value > number.Most))
        {
            yield return $"McpServer:{key} is '{value}'; allowed are 0 (no limit) to {most}.";
        }
    }

    private static IEnumerable<(string Key, long Value, long Most)> Numbers(McpServerSettings settings) =>
    [
        (nameof(settings.RequestsPerMinute), settings.RequestsPerMinute, 1_000_000),
        (nameof(settings.AuditRetentionDays), settings.AuditRetentionDays, 36_500),
        (nameof(settings.AuditMaxRows), settings.AuditMaxRows, 1_000_000_000),
    ];
}
