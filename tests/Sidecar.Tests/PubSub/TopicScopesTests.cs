using McpAspire.Sidecar.PubSub;

namespace McpAspire.Sidecar.Tests.PubSub;

/// <summary>What a subscription with an asterisk brings of protected topics.</summary>
public sealed class TopicScopesTests
{
    [Theory]
    [InlineData("sec*", "", false)]
    [InlineData("*", "", false)]
    [InlineData("sec*", "secret", true)]
    [InlineData("sec*", "sec*", true)]
    [InlineData("secret", "secret", true)]
    public void Asterisk_BringsAProtectedTopic_OnlyToAnAppThatAScopeNames(string subscribed, string scope, bool comes)
    {
        var pubSub = new InMemoryPubSub(new TopicScopes([], ["secret"], ["secret"], scope.Length > 0 ? [scope] : []));
        var queue = new TopicQueue(subscribed, _ => Task.CompletedTask);
        pubSub.Attach(queue);

        Assert.True(pubSub.TryPublish(new PubSubMessage("secret", [1], MessageMetadata.None)));

        Assert.Equal(comes ? 1 : 0, queue.Count);
    }
}
