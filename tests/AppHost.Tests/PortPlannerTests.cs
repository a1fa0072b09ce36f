using System.Net;
using System.Net.Sockets;

namespace McpAspire.AppHost.Tests;

public sealed class PortPlannerTests : IDisposable
{
    private readonly string _locks = Directory.CreateTempSubdirectory("ports-").FullName;
    private readonly List<string> _said = [];

    public void Dispose() => Directory.Delete(_locks, recursive: true);

    [Fact]
    public void Take_DefaultIsTaken_ChoosesAnotherAndSaysSo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var planner = new PortPlanner(onlyFreePorts: false, _locks, _said.Add);

        var port = planner.Take("mcp-server", taken);

        Assert.NotEqual(taken, port);
        Assert.Equal($"mcp-server: port {taken} is taken, using {port}", Assert.Single(_said));
        Assert.Equal(port, planner.Chosen[taken]);
    }

    [Fact]
    public void Take_TwoPlannersAtOnce_NeverShareAPort()
    {
        using var first = new PortPlanner(onlyFreePorts: false, _locks, _said.Add);
        using var second = new PortPlanner(onlyFreePorts: false, _locks, _said.Add);
        var wanted = first.TakeFree("probe");
        using var third = new PortPlanner(onlyFreePorts: false, _locks, _said.Add);

        var other = second.Take("mcp-server", wanted);

        Assert.NotEqual(wanted, other);
    }

    [Fact]
    public void Take_OnlyFreePorts_AvoidsTheDefaultInSilence()
    {
        using var planner = new PortPlanner(onlyFreePorts: true, _locks, _said.Add);

        Assert.NotEqual(5200, planner.Take("mcp-server", 5200));
        Assert.Empty(_said);
    }

    [Fact]
    public void Dispose_GivesThePortBack()
    {
        int port;
        using (var first = new PortPlanner(onlyFreePorts: false, _locks, _said.Add))
        {
            port = first.TakeFree("probe");
        }

        using var second = new PortPlanner(onlyFreePorts: false, _locks, _said.Add);
        Assert.Equal(port, second.Take("probe", port));
    }
}
