using System.Globalization;
using System.Text;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.PubSub;

/// <summary>Reads an expression over <c>event</c>; whatever it does not know is named, not guessed.</summary>
internal sealed class EventMatchParser(string text)
{
    /// <summary>It bounds how deep an expression nests.</summary>
    private const int MaxLength = 1000;

    private const string Allowed = "allowed are event and its fields, texts, numbers, true, false, null, lists, ! && || == != < <= > >= in ?: parentheses, has(), size(), startsWith(), endsWith(), contains() and matches()";

    private int _at;

    public EventExpression Parse()
    {
        if (text.Length > MaxLength)
        {
            throw new FormatException($"it is longer than {MaxLength} characters");
        }

        var expression = Conditional();
        SkipSpace();
        return _at == text.Length ? expression : throw new FormatException($"'{text[_at..]}' is not expected; {Allowed}");
    }

    private EventExpression Conditional()
    {
        var condition = Or();
        if (!Takes("?"))
        {
            return condition;
        }

        var whenTrue = Conditional();
        Expect(":");
        var whenFalse = Conditional();
        return cloudEvent => EventValue.Truth(condition(cloudEvent)) ? whenTrue(cloudEvent) : whenFalse(cloudEvent);
    }

    private EventExpression Or()
    {
        var left = And();
        while (Takes("||"))
        {
            left = EventValue.Either(left, And(), decisive: true);
        }

        return left;
    }

    private EventExpression And()
    {
        var left = Relation();
        while (Takes("&&"))
        {
            left = EventValue.Either(left, Relation(), decisive: false);
        }

        return left;
    }

    private EventExpression Relation()
    {
        var left = Unary();
        foreach (var sign in (ReadOnlySpan<string>)["==", "!=", "<=", ">=", "<", ">"])
        {
            if (Takes(sign))
            {
                var right = Unary();
                return sign switch
                {
                    "==" => cloudEvent => EventValue.AreEqual(left(cloudEvent), right(cloudEvent)),
                    "!=" => cloudEvent => !EventValue.AreEqual(left(cloudEvent), right(cloudEvent)),
                    _ => cloudEvent => EventValue.Holds(sign, left(cloudEvent), right(cloudEvent)),
                };
            }
        }

        if (TakesWord("in"))
        {
            var right = Unary();
            return cloudEvent => EventValue.IsIn(left(cloudEvent), right(cloudEvent));
        }

        return left;
    }

    private EventExpression Unary()
    {
        SkipSpace();
        if (_at < text.Length && text[_at] == '!' && !text.AsSpan(_at).StartsWith("!="))
        {
            _at++;
            var inner = Unary();
            return cloudEvent => !EventValue.Truth(inner(cloudEvent));
        }

        if (Takes("-"))
        {
            var inner = Unary();
            return cloudEvent => -EventValue.Number(inner(cloudEvent));
        }

        return Members(Primary());
    }

    private EventExpression Members(EventExpression value)
    {
        while (true)
        {
            var target = value;
            if (Takes("["))
            {
                var index = Conditional();
                Expect("]");
                value = cloudEvent => EventValue.At(target(cloudEvent), index(cloudEvent));
            }
            else if (Takes("."))
            {
                var name = Word();
                value = Takes("(") ? Method(target, name) : cloudEvent => EventValue.Field(target(cloudEvent), name);
            }
            else
            {
                return value;
            }
        }
    }

    private EventExpression Method(EventExpression target, string name)
    {
        if (name == "size")
        {
            Expect(")");
            return cloudEvent => EventValue.Size(target(cloudEvent));
        }

        if (name == "matches")
        {
            return Matches(target);
        }

        var argument = Conditional();
        Expect(")");
        return name switch
        {
            "startsWith" => cloudEvent => EventValue.Text(target(cloudEvent)).StartsWith(EventValue.Text(argument(cloudEvent)), StringComparison.Ordinal),
            "endsWith" => cloudEvent => EventValue.Text(target(cloudEvent)).EndsWith(EventValue.Text(argument(cloudEvent)), StringComparison.Ordinal),
            "contains" => cloudEvent => EventValue.Text(target(cloudEvent)).Contains(EventValue.Text(argument(cloudEvent)), StringComparison.Ordinal),
            _ => throw new FormatException($"'{name}()' is not known; {Allowed}"),
        };
    }

    /// <summary>The pattern must be a literal: one out of an event would be compiled for each.</summary>
    private EventExpression Matches(EventExpression target)
    {
        SkipSpace();
        if (_at == text.Length || text[_at] is not ('"' or '\''))
        {
            throw new FormatException("matches() takes a text in quotes");
        }

        var regex = Re2.Compile(Quoted(text[_at]));
        Expect(")");
        return cloudEvent => regex.IsMatch(EventValue.Text(target(cloudEvent)));
    }

    private EventExpression Primary()
    {
        SkipSpace();
        if (Takes("("))
        {
            var inner = Conditional();
            Expect(")");
            return inner;
        }

        if (Takes("["))
        {
            return List();
        }

        if (_at == text.Length)
        {
            throw new FormatException("it ends too soon");
        }

        if (text[_at] is '"' or '\'')
        {
            var literal = Quoted(text[_at]);
            return _ => literal;
        }

        return char.IsAsciiDigit(text[_at]) ? NumberLiteral() : Named();
    }

    private EventExpression Named()
    {
        var word = Word();
        switch (word)
        {
            case "true":
                return static _ => true;
            case "false":
                return static _ => false;
            case "null":
                return static _ => null;
            case "event":
                return static cloudEvent => cloudEvent;
            case "size" when Takes("("):
                var sized = Conditional();
                Expect(")");
                return cloudEvent => EventValue.Size(sized(cloudEvent));
            case "has" when Takes("("):
                var start = _at;
                var asked = Conditional();
                Expect(")");
                if (!text.AsSpan(start, _at - start).Contains('.'))
                {
                    throw new FormatException("has() takes a field, such as has(event.data)");
                }

                return cloudEvent => EventValue.Has(asked, cloudEvent);
            default:
                throw new FormatException($"'{word}' is not known; {Allowed}");
        }
    }

    private EventExpression List()
    {
        var items = new List<EventExpression>();
        while (!Takes("]"))
        {
            if (items.Count > 0)
            {
                Expect(",");
            }

            items.Add(Conditional());
        }

        return cloudEvent => items.Select(item => item(cloudEvent)).ToArray();
    }

    private EventExpression NumberLiteral()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '.'))
        {
            _at++;
        }

        return double.TryParse(text.AsSpan(start, _at - start).TrimEnd('u'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? _ => number
            : throw new FormatException($"'{text[start.._at]}' is no number");
    }

    private string Quoted(char quote)
    {
        var result = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            var character = text[_at];
            if (character == quote)
            {
                _at++;
                return result.ToString();
            }

            if (character == '\\' && ++_at < text.Length)
            {
                character = text[_at] switch
                {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    '\\' or '"' or '\'' or '`' or '?' => text[_at],
                    var other => throw new FormatException($"the escape '\\{other}' is not known"),
                };
            }

            result.Append(character);
        }

        throw new FormatException($"a {quote} is missing");
    }

    private string Word()
    {
        SkipSpace();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
        {
            _at++;
        }

        return _at > start ? text[start.._at] : throw new FormatException(start < text.Length ? $"'{text[start..]}' is not expected; {Allowed}" : "it ends too soon");
    }

    private bool TakesWord(string word)
    {
        SkipSpace();
        var end = _at + word.Length;
        if (!text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal) || (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private void Expect(string sign)
    {
        if (!Takes(sign))
        {
            throw new FormatException(_at < text.Length ? $"a '{sign}' is expected before '{text[_at..]}'" : $"a '{sign}' is missing");
        }
    }

    private bool Takes(string sign)
    {
        SkipSpace();
        if (!text.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal))
        {
            return false;
        }

        _at += sign.Length;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }
}
