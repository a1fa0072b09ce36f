using System.Collections;
using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The annotations of one resource, safe to read while others add.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>, IEnumerable<IResourceAnnotation>, IEnumerable
{
    private readonly Lock _lock = new();

    /// <summary>Enumerates the annotations that are there now.</summary>
    public new IEnumerator<IResourceAnnotation> GetEnumerator() => Snapshot().GetEnumerator();

    IEnumerator<IResourceAnnotation> IEnumerable<IResourceAnnotation>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    protected override void InsertItem(int index, IResourceAnnotation item)
    {
        lock (_lock)
        {
            base.InsertItem(index, item);
        }
    }

    /// <inheritdoc />
    protected override void SetItem(int index, IResourceAnnotation item)
    {
        lock (_lock)
        {
            base.SetItem(index, item);
        }
    }

    /// <inheritdoc />
    protected override void RemoveItem(int index)
    {
        lock (_lock)
        {
            base.RemoveItem(index);
        }
    }

    /// <inheritdoc />
    protected override void ClearItems()
    {
        lock (_lock)
        {
            base.ClearItems();
        }
    }

    private List<IResourceAnnotation> Snapshot()
    {
        lock (_lock)
        {
            return [.. Items];
        }
    }
}
