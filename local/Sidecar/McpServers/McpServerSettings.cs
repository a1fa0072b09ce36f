using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Secrets;

namespace McpAspire.Sidecar.McpServers;

/// <summary>One MCPServer resource with its secrets resolved. Never printed: it holds them.</summary>
internal sealed class McpServerSettings
{
    private readonly string[] _all;

    public McpServerSettings(McpServerResource resource, ValueResolver resolver)
    {
        Resource = resource;
        Values = [.. resource.Values.Select(value => KeyValuePair.Create(value.Name, resolver.Resolve(value, resource.SecretStore, resource.Name)))];
        Check();
        ClientSecret = resource.OAuth2 is { } oauth2 ? resolver.Resolve(oauth2.Secret, resource.SecretStore, resource.Name) : string.Empty;
        _all =
        [
            $"{resource.Url?.OriginalString} {resource.IsSse} {resource.ProtocolVersion} {resource.Timeout} {resource.IgnoresErrors} {resource.Command}",
            .. resource.Arguments, string.Empty,
            .. Values.SelectMany(value => new[] { value.Key, value.Value }), string.Empty,
            $"{resource.OAuth2?.TokenUrl.OriginalString} {resource.OAuth2?.Audience}", resource.OAuth2?.ClientId ?? string.Empty, ClientSecret,
            .. resource.OAuth2?.Scopes ?? [],
        ];
    }

    public McpServerResource Resource { get; }

    /// <summary>Some that would not be a header as written, or would be two.</summary>
    private void Check()
    {
        for (var i = 0; Resource.Url is not null && i < Values.Count; i++)
        {
            if (!HeaderText.IsName(Values[i].Key) || Values[i].Key.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                throw new ResourceException(Resource.Values[i].Position, $"'{Values[i].Key}' of the MCPServer '{Resource.Name}' is no name of a header that can be set.");
            }

            if (!HeaderText.IsValue(Values[i].Value))
            {
                throw new ResourceException(Resource.Values[i].Position, $"The value of the header '{Values[i].Key}' of the MCPServer '{Resource.Name}' has a line break, or other characters than visible ASCII, or more than 4096 of them.");
            }
        }
    }

    /// <summary>Headers of every request, or variables of the process.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Values { get; }

    /// <summary>Empty without <see cref="McpServerResource.OAuth2"/>.</summary>
    public string ClientSecret { get; }

    /// <summary>Whether a server made of these would be the one made of <paramref name="other"/>.</summary>
    public bool IsSameAs(McpServerSettings other) => Resource.Name == other.Resource.Name && _all.SequenceEqual(other._all);
}
