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
    }
}
