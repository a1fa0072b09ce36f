using System.Text.Json;

namespace McpAspire.Sidecar.PubSub;

/// <summary>A routing rule's <c>match</c>: the part of CEL that compares fields of the event, here without a library.</summary>
internal sealed class EventMatch
{
    private readonly string _text;
    private readonly EventExpression _expression;

    private EventMatch(string text, EventExpression expression) => (_text, _expression) = (text, expression);

    /// <summary>Null for an expression that is empty. Throws <see cref="FormatException"/> with what is wrong and what is allowed.</summary>
    public static EventMatch? Parse(string? text)
        => string.IsNullOrWhiteSpace(text) ? null : new EventMatch(text.Trim(), new EventMatchParser(text.Trim()).Parse());

    /// <summary>Throws <see cref="EventMatchException"/> where CEL ends in an error: a field that is not there, types that do not go together.</summary>
    public bool Holds(JsonElement cloudEvent)
        => _expression(cloudEvent) is bool holds ? holds : throw new EventMatchException($"the result of match expression {_text} was not a boolean");

    public override string ToString() => _text;
}

/// <summary>A part of an expression. A value is null, bool, double, string, object[], or a <see cref="JsonElement"/> that is an object.</summary>
internal delegate object? EventExpression(JsonElement cloudEvent);

/// <summary>CEL's error.</summary>
internal sealed class EventMatchException(string message) : Exception(message);
