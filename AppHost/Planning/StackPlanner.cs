using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.AppHost;

/// <summary>Makes the plan of a run and says it.</summary>
internal static class StackPlanner
{
    private const int IdentityPort = 8080;
    private const int IdentityManagementPort = 9000;
    private const int ServerPort = 5200;
    private const int ConsolePort = 5100;
    private const int AgentPort = 5101;
    private const int ConsoleSidecarPort = 3500;
    private const int ServerSidecarPort = 3501;
    private const int AgentSidecarPort = 3502;

    public static StackPlan PlanStack(this IDistributedApplicationBuilder builder)
    {
        var options = StackOptions.Read(builder.Configuration);
        var identity = IdentityChoice.Make(options);
        var sidecar = SidecarChoice.Make(options);
        Say($"identity: {identity.Name} — {identity.Reason}");
        Say($"sidecars: {sidecar.Kind} — {sidecar.Reason}");

        var folder = RunFolder.Create();
        var planner = new PortPlanner(options.OnlyFreePorts, RunFolder.CreatePrivate(Path.Combine(RunFolder.SharedPath, "ports")), Say);
        builder.Services.AddHostedService(_ => new RunLifetime(planner, folder));

        var ports = new StackPorts(
            planner.Take("identity", IdentityPort),
            planner.Take("identity (management)", IdentityManagementPort),
            planner.Take("mcp-server", ServerPort),
            planner.Take("mcp-console", ConsolePort),
            planner.Take("mcp-agent", AgentPort));
        var sidecars = new SidecarPlans(
            Plan("mcp-server", ServerSidecarPort, apiToken: false),
            Plan("mcp-console", ConsoleSidecarPort, options.SidecarApiToken),
            Plan("mcp-agent", AgentSidecarPort, options.SidecarApiToken));

        var copy = new AdjustedCopy(planner.Chosen);
        foreach (var each in sidecars.All)
        {
            copy.CopyFolder(builder.RepositoryPath("components", each.AppId), each.Folder);
        }

        var realmFile = Path.Combine(folder.Folder("realm"), "mcp-realm.json");
        copy.CopyFile(builder.RepositoryPath("IdentityProvider", "realm", "mcp-realm.json"), realmFile);
        return new StackPlan
        {
            Ports = ports,
            Sidecars = sidecars,
            Folder = folder,
            Identity = identity,
            Sidecar = sidecar,
            RealmFile = realmFile,
            TicketsDatabase = $"Data Source={Path.Combine(DataFolder(options, folder), "tickets.db")}",
        };

        SidecarPlan Plan(string appId, int defaultPort, bool apiToken) => new(
            appId,
            Path.Combine(folder.Path, "components", appId),
            planner.Take($"{appId}'s sidecar", defaultPort),
            planner.TakeFree($"{appId}'s sidecar (gRPC)"),
            planner.TakeFree($"{appId}'s sidecar (internal gRPC)"),
            planner.TakeFree($"{appId}'s sidecar (metrics)"),
            apiToken);
    }

    private static string DataFolder(StackOptions options, RunFolder folder)
        => options.DataPath is { } path ? RunFolder.CreatePrivate(Path.GetFullPath(path)) : folder.Folder("data");

    private static string RepositoryPath(this IDistributedApplicationBuilder builder, params ReadOnlySpan<string> names)
        => Path.GetFullPath(Path.Combine([builder.AppHostDirectory, "..", .. names]));

    private static void Say(string line) => Console.WriteLine(line);
}
