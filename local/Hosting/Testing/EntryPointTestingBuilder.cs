namespace Aspire.Hosting.Testing;

internal sealed class EntryPointTestingBuilder(EntryPointRun run, DistributedApplicationBuilder inner) : TestingBuilder(inner)
{
    public override async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default)
    {
        run.Gate.LetBuild();
        var application = await run.Gate.Application.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new EntryPointApplication(run, application);
    }

    public override void Dispose()
    {
        // An application that was built is disposed of by itself.
        if (!run.Gate.Application.IsCompleted)
        {
            run.Gate.Abandon();
        }
    }
}
