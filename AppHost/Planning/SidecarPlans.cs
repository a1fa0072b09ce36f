namespace McpAspire.AppHost;

/// <summary>One sidecar: its app, its files and its ports.</summary>
/// <param name="AppId">Dapr's app id, and the name of the app's resource.</param>
/// <param name="Folder">The adjusted copy of <c>components/{app}</c>.</param>
/// <param name="ApiToken">Whether only its own app may call the sidecar.</param>
internal sealed record SidecarPlan(
    string AppId, string Folder, int HttpPort, int GrpcPort, int InternalGrpcPort, int MetricsPort, bool ApiToken)
{
    public string ConfigFile => Path.Combine(Folder, "config.yaml");

    public string ResourcesFolder => Path.Combine(Folder, "resources");
}

/// <summary>The three sidecars of the stack.</summary>
internal sealed record SidecarPlans(SidecarPlan Server, SidecarPlan Console, SidecarPlan Agent)
{
    public IEnumerable<SidecarPlan> All => [Server, Console, Agent];
}
