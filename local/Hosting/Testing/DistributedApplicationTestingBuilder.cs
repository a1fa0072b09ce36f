using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs an AppHost in a test.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs the AppHost of a type up to where it builds.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class
        => CreateAsync(typeof(TEntryPoint), [], cancellationToken);

    /// <summary>Runs the AppHost of a type, with arguments, up to where it builds.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class
        => CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    /// <summary>Runs the AppHost of a type, with arguments and options, up to where it builds.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default)
        => CreateAsync(typeof(TEntryPoint), args, configureBuilder, cancellationToken);

    /// <summary>Runs the AppHost of a type up to where it builds.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, CancellationToken cancellationToken = default)
        => CreateAsync(entryPoint, [], cancellationToken);

    /// <summary>Runs the AppHost of a type, with arguments, up to where it builds.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint,
        string[] args,
        CancellationToken cancellationToken = default)
        => CreateAsync(entryPoint, args, (_, _) => { }, cancellationToken);

    /// <summary>Runs the AppHost of a type, with arguments and options, up to where it builds.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint,
        string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default)
    {
        var run = EntryPointRun.Start(entryPoint, args, configureBuilder);
        var builder = await run.Gate.Builder.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new EntryPointTestingBuilder(run, builder);
    }

    /// <summary>An empty builder, without an AppHost.</summary>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) => Create(args, (_, _) => { });

    /// <summary>An empty builder, without an AppHost.</summary>
    public static IDistributedApplicationTestingBuilder Create(
        string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
        => new PlainTestingBuilder(args, configureBuilder);
}
