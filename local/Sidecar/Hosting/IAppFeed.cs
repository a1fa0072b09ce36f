namespace McpAspire.Sidecar.Hosting;

/// <summary>What brings something to the app by itself: subscriptions, input bindings.</summary>
internal interface IAppFeed
{
    /// <summary>Other resources have become the current ones.</summary>
    Task UseAsync(RuntimeSnapshot runtime);

    /// <summary>The app is up, and healthy.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>The app is not healthy.</summary>
    void Pause();

    /// <summary>Nothing begins any more.</summary>
    /// <returns>Done when nothing is under way.</returns>
    Task StopAsync();
}
