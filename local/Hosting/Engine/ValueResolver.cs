using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>Turns what a model has as an argument or an environment variable into text.</summary>
internal static class ValueResolver
{
    public static async ValueTask<string> ResolveAsync(object? value, CancellationToken cancellationToken) => value switch
    {
        null => string.Empty,
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(cancellationToken).ConfigureAwait(false) ?? string.Empty,
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(cancellationToken).ConfigureAwait(false) ?? string.Empty,
        IFormattable formattable => formattable.ToString(format: null, CultureInfo.InvariantCulture),
        bool => value.ToString()!,
        _ => throw new DistributedApplicationException($"a value of the type {value.GetType().Name} cannot be an argument or an environment variable"),
    };
}
