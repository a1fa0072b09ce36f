namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that comes from outside the model.</summary>
public class ParameterResource : Resource, IExpressionValue
{
    private readonly Lazy<string> _value;

    /// <summary>Creates a parameter.</summary>
    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Secret = secret;

        // A value that cannot be had is asked for again: someone may have set it in the meantime.
        _value = new Lazy<string>(() => callback(Default), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>The value is not shown.</summary>
    public bool Secret { get; }

    /// <summary>Where the value comes from when the configuration has none.</summary>
    public ParameterDefault? Default { get; set; }

    /// <summary>What the parameter is for.</summary>
    public string? Description { get; set; }

    /// <summary>The description is Markdown.</summary>
    public bool EnableDescriptionMarkdown { get; set; }

    /// <summary>The value is a connection string.</summary>
    public bool IsConnectionString { get; set; }

    /// <inheritdoc />
    public string ValueExpression => $"{{{Name}.value}}";

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(_value.Value);
}
