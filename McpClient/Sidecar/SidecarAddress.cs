using System.Globalization;

namespace McpAspire.Client.Sidecar;

/// <summary>Finds the sidecar the way Dapr's own SDKs do: an explicit address, the endpoint variable, the port variable.</summary>
internal static class SidecarAddress
{
    public const string EndpointVariable = "DAPR_HTTP_ENDPOINT";
    public const string PortVariable = "DAPR_HTTP_PORT";
    public const string TokenVariable = "DAPR_API_TOKEN";
    public const string Default = "http://127.0.0.1:3502";

    /// <summary>Returns the options, or the sentence that says which value cannot be used.</summary>
    public static bool TryResolve(
        string? explicitAddress,
        string? appId,
        Func<string, string?> variable,
        out SidecarOptions options,
        out string problem)
    {
        options = null!;
        var (source, address) = Choose(explicitAddress, variable);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var endpoint)
            || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps)
            || endpoint.PathAndQuery != "/"
            || endpoint.UserInfo.Length > 0)
        {
            problem = $"{source} is '{address}', which is not the address of a sidecar. "
                + $"Give scheme, host and port, for example {Default}.";
            return false;
        }

        var token = variable(TokenVariable);
        problem = "";
        options = new SidecarOptions
        {
            Endpoint = endpoint,
            AppId = string.IsNullOrWhiteSpace(appId) ? SidecarOptions.DefaultAppId : appId,
            ApiToken = string.IsNullOrEmpty(token) ? null : token,
        };
        return true;
    }

    private static (string Source, string Address) Choose(string? explicitAddress, Func<string, string?> variable)
    {
        if (!string.IsNullOrWhiteSpace(explicitAddress))
        {
            return ("--sidecar", explicitAddress.Trim());
        }

        if (variable(EndpointVariable) is { } endpoint && !string.IsNullOrWhiteSpace(endpoint))
        {
            return (EndpointVariable, endpoint.Trim());
        }

        if (variable(PortVariable) is { } port && !string.IsNullOrWhiteSpace(port))
        {
            return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536
                ? (PortVariable, $"http://127.0.0.1:{number}")
                : (PortVariable, port.Trim());
        }

        return ("the default", Default);
    }
}
