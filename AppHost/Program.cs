using McpAspire.AppHost;
using McpAspire.AppHost.Health;

try
{
    var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DashboardApplicationName = "McpAspire" });

    // What runs where: ports, adjusted copies of the YAML and the realm, real products or stand-ins.
    var stack = builder.PlanStack();
    var secrets = builder.AddStackSecrets();

    // Who signs people and services in: Keycloak, or the embedded provider on the same realm file.
    var identity = builder.AddIdentity(stack, secrets);

    // Dapr for every app. Each sidecar proves that it protects: 401 or 302 without a token, an answer for the agent.
    builder.AddSidecars(stack.Sidecar);

    // The protected MCP server. Its sidecar validates every call before the server does so again.
    var server = builder.AddProject<Projects.McpServer>("mcp-server", WithoutLaunchProfile)
        .ListenOn(stack.Ports.Server)
        .WithKeycloakSection(stack)
        .WithEnvironment("Keycloak__resource", stack.McpResource)
        .WithEnvironment("ConnectionStrings__tickets", stack.TicketsDatabase)
        .WithEnvironment("McpServer__AuditLoginUrl", stack.AuditLoginUrl)
        .WithHttpHealthCheck("/health")
        .WaitFor(identity)
        .WithSidecar(stack.Sidecars.Server, secrets.Audit, SidecarProof.RefusesWithoutToken);

    // The web console: people sign in through its sidecar.
    builder.AddProject<Projects.McpClient>("mcp-console", WithoutLaunchProfile)
        .WithArgs("console")
        .ListenOn(stack.Ports.Console)
        .WithKeycloakSection(stack)
        .WithHttpHealthCheck("/health")
        .WaitFor(server)
        .WithSidecar(stack.Sidecars.Console, secrets.Console, SidecarProof.SendsToSignIn);

    // The unattended agent: its sidecar obtains the token of its service account.
    builder.AddProject<Projects.McpClient>("mcp-agent", WithoutLaunchProfile)
        .WithArgs("agent")
        .ListenOn(stack.Ports.Agent)
        .WithHttpHealthCheck("/health")
        .WaitFor(server)
        .WithSidecar(stack.Sidecars.Agent, secrets.Agent, SidecarProof.AnswersMcp)
        .ReportFirstAuthorizedCall(stack);

    builder.Build().Run();
    return 0;
}
catch (DistributedApplicationException error) when (StackEntry.IsRunDirectly)
{
    return StackEntry.Refuse(error);
}

static void WithoutLaunchProfile(ProjectResourceOptions options) => options.ExcludeLaunchProfile = true;
