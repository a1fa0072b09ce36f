using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Bindings;

/// <summary>A binding that the app calls.</summary>
internal interface IOutputBinding : IEmbeddedComponent
{
    IReadOnlyList<string> Operations { get; }

    /// <summary>Null: there is nothing to answer. Throws <see cref="BindingException"/>.</summary>
    Task<BindingAnswer?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken);
}

/// <param name="Operation">One of those that the binding has.</param>
/// <param name="Data">JSON, as daprd gives it to a binding.</param>
/// <param name="Metadata">Of the call, with its trace.</param>
internal sealed record BindingRequest(string Operation, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Never its data or metadata, which can hold credentials.</summary>
    public override string ToString() => Operation;

    /// <summary>The trace of a call to the API, as metadata for a binding that passes it on.</summary>
    public static Dictionary<string, string> TraceOf(SidecarRequest request)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (request.Trace.IsSet)
        {
            metadata["traceparent"] = request.Trace.ToHeader();
            if (request.Trace.State is { Length: > 0 } state)
            {
                metadata["tracestate"] = state;
            }
        }

        if (request.Http.Request.Headers.Baggage is { Count: > 0 } baggage)
        {
            metadata["baggage"] = string.Join(',', baggage.ToArray());
        }

        return metadata;
    }
}

internal sealed record BindingAnswer(ReadOnlyMemory<byte> Data, IReadOnlyList<KeyValuePair<string, string>> Metadata);

/// <summary>Why an operation failed, and what there is of an answer all the same.</summary>
internal sealed class BindingException(string message, BindingAnswer? answer = null) : Exception(message)
{
    public BindingAnswer? Answer => answer;
}
