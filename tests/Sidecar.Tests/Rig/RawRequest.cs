using System.Text;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>A request as it was on the wire.</summary>
internal sealed record RawRequest(string Verb, string Target, IReadOnlyList<Header> Headers)
{
    public byte[] Body { get; init; } = [];

    public string BodyText => Encoding.UTF8.GetString(Body);

    public string Path => Target.Split('?')[0];

    public string Query => Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? Target[(at + 1)..] : string.Empty;

    public bool IsChunked => Headers.Value("Transfer-Encoding") == "chunked";

    public string? Framing => IsChunked ? "chunked" : Headers.Value("Content-Length") is not null ? "content-length" : null;

    public string Parameter(string name, string otherwise)
        => Query.Split('&').Select(pair => pair.Split('=', 2)).FirstOrDefault(pair => pair[0] == name) is [_, var value] ? value : otherwise;
}
