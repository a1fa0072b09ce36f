using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Parameters;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Values that come from outside the model.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter whose value is configured under <c>Parameters:{name}</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        bool secret = false)
        => builder.Add(new ParameterResource(
            name,
            _ => ParameterValue.Configured(builder.Configuration, name)
                ?? throw new MissingParameterValueException(ParameterValue.Missing(name)),
            secret));

    /// <summary>Adds a parameter with a value; the configuration can give another.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string value,
        bool publishValueAsDefault = false,
        bool secret = false)
        => builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <summary>Adds a parameter whose value a callback gives; the configuration can give another.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        Func<string> valueGetter,
        bool publishValueAsDefault = false,
        bool secret = false)
        => builder.Add(new ParameterResource(name, _ => ParameterValue.Configured(builder.Configuration, name) ?? valueGetter(), secret));

    /// <summary>Adds a parameter with a default; a persistent one is kept in user secrets.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        ParameterDefault value,
        bool secret = false,
        bool persist = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        var kept = persist && builder.ExecutionContext.IsRunMode ? UserSecretsFile.Of(builder.AppHostAssembly) : null;
        return builder.Add(new ParameterResource(
            name,
            parameterDefault => ParameterValue.Configured(builder.Configuration, name)
                ?? kept?.GetOrAdd(ParameterValue.Key(name), parameterDefault!.GetDefaultValue)
                ?? parameterDefault!.GetDefaultValue(),
            secret)
        { Default = value });
    }

    /// <summary>Adds a parameter whose value is configured under a key.</summary>
    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string configurationKey,
        bool secret = false)
        => builder.Add(new ParameterResource(
            name,
            _ => builder.Configuration[configurationKey]
                ?? throw new MissingParameterValueException($"Parameter '{name}' has no value: set {configurationKey} in the configuration."),
            secret));

    /// <summary>Says what the parameter is for.</summary>
    public static IResourceBuilder<ParameterResource> WithDescription(
        this IResourceBuilder<ParameterResource> builder,
        string description,
        bool enableMarkdown = false)
    {
        builder.Resource.Description = description;
        builder.Resource.EnableDescriptionMarkdown = enableMarkdown;
        return builder;
    }

    private static IResourceBuilder<ParameterResource> Add(this IDistributedApplicationBuilder builder, ParameterResource parameter)
        => builder.AddResource(parameter).WithInitialState(new CustomResourceSnapshot
        {
            ResourceType = KnownResourceTypes.Parameter,
            Properties = [new ResourcePropertySnapshot("parameter.secret", parameter.Secret.ToString())],
            State = KnownResourceStates.NotStarted,
        });
}
