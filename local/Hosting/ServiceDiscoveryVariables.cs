using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>The variables by which a process finds the endpoints of another.</summary>
internal static class ServiceDiscoveryVariables
{
    public static void Add(Dictionary<string, object> variables, string service, IEnumerable<EndpointReference> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            variables[$"{Encode(service)}_{Encode(endpoint.EndpointName)}"] = endpoint;

            // An endpoint named "http" that speaks TLS is found as https.
            var key = endpoint.EndpointName.ToLowerInvariant() is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName;
            var index = 0;
            while (variables.ContainsKey($"services__{service}__{key}__{index}"))
            {
                index++;
            }

            variables[$"services__{service}__{key}__{index}"] = endpoint;
        }
    }

    public static string Encode(string name)
        => string.Concat(name.ToUpperInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
