namespace Aspire.Hosting.ApplicationModel;

internal static class ResourceRelationships
{
    public const string Parent = "Parent";
    public const string Reference = "Reference";
    public const string WaitFor = "WaitFor";

    public static IEnumerable<RelationshipSnapshot> Of(IResource resource)
    {
        var parents = resource is IResourceWithParent child
            ? [new RelationshipSnapshot(child.Parent.Name, Parent)]
            : Enumerable.Empty<RelationshipSnapshot>();
        var declared = resource.Annotations.OfType<ResourceRelationshipAnnotation>()
            .Select(a => new RelationshipSnapshot(a.Resource.Name, a.Type));
        return parents.Concat(declared).Distinct();
    }

    public static IResource? ParentOf(IResource resource)
        => (resource as IResourceWithParent)?.Parent
            ?? resource.Annotations.OfType<ResourceRelationshipAnnotation>().LastOrDefault(a => a.Type == Parent)?.Resource;
}
