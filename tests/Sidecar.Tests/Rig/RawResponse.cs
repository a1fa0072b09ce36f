using System.Text;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>An answer as it was on the wire.</summary>
internal sealed record RawResponse(int Status, IReadOnlyList<Header> Headers, byte[] Body, string? Framing, bool Complete)
{
    /// <summary>1xx answers before it.</summary>
    public IReadOnlyList<(int Status, IReadOnlyList<Header> Headers)> Interim { get; init; } = [];

    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Headers.Value(name);
}
