namespace McpAspire.Sidecar.Pipeline;

/// <summary>A middleware component in a pipeline.</summary>
internal interface IPipelineHandler
{
    Task InvokeAsync(SidecarRequest request, SidecarDelegate next);
}

/// <summary>A handler that needs something from elsewhere before it can serve; until then the sidecar is not ready.</summary>
internal interface IWarmUp
{
    bool IsReady { get; }

    /// <summary>Runs until the handler is ready, and keeps it so.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
