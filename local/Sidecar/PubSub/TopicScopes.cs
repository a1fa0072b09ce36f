using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.PubSub;

/// <summary>
/// What the metadata of a pub/sub component lets this app do: <c>allowedTopics</c> (all there are), <c>protectedTopics</c> (only
/// for apps that a scope names), <c>publishingScopes</c> and <c>subscriptionScopes</c> (<c>app1=topic1,topic2;app2=topic3</c>).
/// </summary>
internal sealed record TopicScopes(IReadOnlyList<string> Allowed, IReadOnlyList<string> Protected, IReadOnlyList<string> Publishing, IReadOnlyList<string> Subscribing)
{
    public static TopicScopes Read(ComponentSettings settings, string appId) => new(
        Topics(settings.Text("allowedTopics")),
        Topics(settings.Text("protectedTopics")),
        Scoped(settings.Text("publishingScopes"), appId),
        Scoped(settings.Text("subscriptionScopes"), appId));

    public bool MayPublish(string topic) => IsOpen(topic, Publishing);

    public bool MaySubscribe(string topic) => IsOpen(topic, Subscribing);

    /// <summary>A name with an asterisk does not bring a protected topic to an app that no scope names for it, or for that very name.</summary>
    public bool Reaches(string subscribed, string topic)
        => subscribed == topic || !Protected.Contains(topic) || Subscribing.Contains(topic) || Subscribing.Contains(subscribed);

    private bool IsOpen(string topic, IReadOnlyList<string> scope)
    {
        if (Allowed.Count > 0 && !Allowed.Contains(topic))
        {
            return false;
        }

        return (scope.Count == 0 && !Protected.Contains(topic)) || scope.Contains(topic);
    }

    private static string[] Topics(string? list)
        => string.IsNullOrEmpty(list) ? [] : [.. list.Replace(" ", string.Empty, StringComparison.Ordinal).Split(',').Distinct(StringComparer.Ordinal)];

    /// <summary>An app that is named with nothing gets the topic without a name, which is none: nothing is open to it.</summary>
    private static string[] Scoped(string? scopes, string appId)
        => [.. (scopes ?? string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal).Split(';')
            .Select(scope => scope.Split('='))
            .Where(scope => scope.Length > 1 && scope[0] == appId)
            .SelectMany(scope => scope[1].Split(','))
            .Distinct(StringComparer.Ordinal)];
}
