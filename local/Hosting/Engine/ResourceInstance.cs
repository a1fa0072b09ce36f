using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>The instance of a process resource. The dashboard finds its telemetry by name and suffix.</summary>
internal sealed record ResourceInstance(string Name, string Suffix) : IResourceAnnotation
{
    public string Id => $"{Name}-{Suffix}";

    public static ResourceInstance Of(IResource resource)
    {
        lock (resource.Annotations)
        {
            var instance = resource.Annotations.OfType<ResourceInstance>().FirstOrDefault();
            if (instance is null)
            {
                instance = new ResourceInstance(resource.Name, RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz", 8));
                resource.Annotations.Add(instance);
            }

            return instance;
        }
    }
}
