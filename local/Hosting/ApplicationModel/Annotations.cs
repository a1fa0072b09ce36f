namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource is healthy when the health check of this key is.</summary>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>The name of the health check's registration.</summary>
    public string Key { get; } = key ?? throw new ArgumentNullException(nameof(key));
}

/// <summary>The resource starts when someone asks for it.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>The resource has to do with another.</summary>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    /// <summary>The other.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>What it has to do with it, such as <c>Parent</c>.</summary>
    public string Type { get; } = type;
}

/// <summary>What is known about the resource before it starts.</summary>
public class ResourceSnapshotAnnotation(CustomResourceSnapshot initialSnapshot) : IResourceAnnotation
{
    /// <summary>That.</summary>
    public CustomResourceSnapshot InitialSnapshot { get; } = initialSnapshot;
}

/// <summary>The icon of the resource.</summary>
public sealed class ResourceIconAnnotation(string iconName, IconVariant iconVariant = IconVariant.Filled) : IResourceAnnotation
{
    /// <summary>The Fluent name.</summary>
    public string IconName { get; } = iconName;

    /// <summary>The variant.</summary>
    public IconVariant IconVariant { get; } = iconVariant;
}

/// <summary>Marks a parameter name as the name of a resource.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ResourceNameAttribute : Attribute;

/// <summary>Marks a parameter name as the name of an endpoint.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EndpointNameAttribute : Attribute;
