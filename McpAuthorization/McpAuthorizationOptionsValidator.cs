using Microsoft.Extensions.Options;

namespace McpAspire.McpAuthorization;

/// <summary>Each failure is a sentence that names the option, its value and what is allowed.</summary>
internal sealed class McpAuthorizationOptionsValidator : IValidateOptions<McpAuthorizationOptions>
{
    public ValidateOptionsResult Validate(string? name, McpAuthorizationOptions options)
    {
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(McpAuthorizationOptions options)
    {
        if (!IsHttpUrl(options.Resource))
        {
            yield return $"{Named(nameof(options.Resource))} is '{options.Resource}'; it must be the absolute http or https URL of the MCP endpoint, without a fragment.";
        }

        if (options.AuthorizationServers.Count == 0)
        {
            yield return $"{Named(nameof(options.AuthorizationServers))} is empty; it needs the issuer URL of at least one authorization server.";
        }

        foreach (var server in options.AuthorizationServers.Where(server => !IsHttpUrl(server)))
        {
            yield return $"{Named(nameof(options.AuthorizationServers))} contains '{server}'; each entry must be an absolute http or https URL without a fragment.";
        }

        foreach (var scope in options.Scopes.ImpliedButNotDeclared())
        {
            yield return $"{Named(nameof(options.Scopes))} includes '{scope}' in another scope, but does not declare it; declared are: {Listed(options)}.";
        }

        foreach (var scope in options.ChallengeScopes.Where(scope => !options.Scopes.Contains(scope)))
        {
            yield return $"{Named(nameof(options.ChallengeScopes))} contains '{scope}', which is not declared; declared are: {Listed(options)}.";
        }

        foreach (var (tool, policy) in options.ToolPolicies)
        {
            foreach (var scope in policy.RequiredScopes.Where(scope => !options.Scopes.Contains(scope)))
            {
                yield return $"{Named(nameof(options.ToolPolicies))} demands '{scope}' for the tool '{tool}', which is not declared; declared are: {Listed(options)}.";
            }
        }

        foreach (var origin in options.AllowedOrigins.Where(origin => !IsOrigin(origin)))
        {
            yield return $"{Named(nameof(options.AllowedOrigins))} contains '{origin}'; an origin is scheme, host and port without a path, for example http://localhost:6274.";
        }

        if (options.MaxRequestBodySize <= 0)
        {
            yield return $"{Named(nameof(options.MaxRequestBodySize))} is {options.MaxRequestBodySize}; it must be a positive number of bytes.";
        }
    }

    private static string Named(string property) => $"{nameof(McpAuthorizationOptions)}.{property}";

    private static string Listed(McpAuthorizationOptions options)
        => options.Scopes.Declared.Count == 0 ? "none" : string.Join(", ", options.Scopes.Declared);

    private static bool IsHttpUrl(string value)
        => Uri.TryCreate(value, UriKind.Absolute, out var uri)
           && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
           && uri.Fragment.Length == 0;

    private static bool IsOrigin(string value)
        => Uri.TryCreate(value, UriKind.Absolute, out var uri)
           && string.Equals(uri.GetLeftPart(UriPartial.Authority), value, StringComparison.OrdinalIgnoreCase);
}
