namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something whose value is known once the application runs.</summary>
public interface IValueProvider
{
    /// <summary>The value.</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);

    /// <summary>The value as the caller sees it.</summary>
    ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
        => GetValueAsync(cancellationToken);
}

/// <summary>Something that a manifest writes as an expression.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The expression, such as <c>{name.value}</c>.</summary>
    string ValueExpression { get; }
}

/// <summary>A value in both worlds: resolved in a run, an expression in a manifest.</summary>
public interface IExpressionValue : IValueProvider, IManifestExpressionProvider;

/// <summary>A value made of others.</summary>
public interface IValueWithReferences
{
    /// <summary>What the value is made of.</summary>
    IEnumerable<object> References { get; }
}

/// <summary>Who asks for a value.</summary>
public class ValueProviderContext
{
    /// <summary>The kind of execution.</summary>
    public DistributedApplicationExecutionContext? ExecutionContext { get; init; }

    /// <summary>The resource that uses the value.</summary>
    public IResource? Caller { get; init; }

    /// <summary>The network in which the value is used.</summary>
    public NetworkIdentifier? Network { get; init; }
}
