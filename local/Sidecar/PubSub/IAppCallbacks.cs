using McpAspire.Sidecar.Bindings;

namespace McpAspire.Sidecar.PubSub;

/// <summary>
/// What an app that speaks gRPC is asked and told instead of an HTTP path. Each is a client that makes this one call whatever request
/// reaches it: so the call takes the way through appHttpPipeline, as every call to an app.
/// </summary>
internal interface IAppCallbacks
{
    /// <summary>Answers as <c>GET /dapr/subscribe</c>.</summary>
    HttpMessageInvoker Subscriptions();

    /// <summary>Answers as the route of an event.</summary>
    HttpMessageInvoker Event(TopicEvent topicEvent);

    /// <summary>Answers as the route of a bulk.</summary>
    HttpMessageInvoker Bulk(TopicEvent topicEvent, string entryId);

    /// <summary>Answers as <c>OPTIONS</c> at the route of an input binding.</summary>
    HttpMessageInvoker WantsBinding(string name);

    /// <summary>Answers as <c>POST</c> there.</summary>
    HttpMessageInvoker Binding(string name, BindingEvent trigger);
}
