using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace McpAspire.McpAuthorization.Tests.Infrastructure;

/// <summary>Tools of every kind; each counts its calls.</summary>
[McpServerToolType]
internal sealed class Things(ThingCalls calls)
{
    [McpServerTool(Name = "open_to_all"), AllowAnyScope]
    public string OpenToAll() => calls.Count("open_to_all");

    [McpServerTool(Name = "read"), RequiresScope("things:read")]
    public string Read() => calls.Count("read");

    [McpServerTool(Name = "write"), RequiresScope("things:write")]
    public string Write() => calls.Count("write");

    [McpServerTool(Name = "read_and_bill"), RequiresScope("things:read", "billing")]
    public string ReadAndBill() => calls.Count("read_and_bill");

    [McpServerTool(Name = "forgotten")]
    public string Forgotten() => calls.Count("forgotten");

    [McpServerTool(Name = "contradictory"), AllowAnyScope, RequiresScope("things:read")]
    public string Contradictory() => calls.Count("contradictory");

    [McpServerTool(Name = "broken"), AllowAnyScope]
    public string Broken() => throw new McpException("broken");
}

internal sealed class ThingCalls
{
    public List<string> Names { get; } = [];

    public string Count(string name)
    {
        lock (Names)
        {
            Names.Add(name);
        }

        return "done";
    }
}
