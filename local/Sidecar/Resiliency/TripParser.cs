using System.Globalization;
using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Resiliency;

/// <summary>Reads a trip condition; whatever it does not know is named, not guessed.</summary>
internal sealed class TripParser(string text)
{
    /// <summary>Far more than anyone writes; it bounds how deep parentheses nest.</summary>
    private const int MaxLength = 500;

    private static readonly Dictionary<string, Func<CircuitCounts, long?>> _variables = new(StringComparer.Ordinal)
    {
        ["requests"] = static counts => counts.Requests,
        ["totalSuccesses"] = static counts => counts.TotalSuccesses,
        ["totalFailures"] = static counts => counts.TotalFailures,
        ["consecutiveSuccesses"] = static counts => counts.ConsecutiveSuccesses,
        ["consecutiveFailures"] = static counts => counts.ConsecutiveFailures,
    };

    private int _at;

    public Func<CircuitCounts, bool?> Parse()
    {
        if (text.Length > MaxLength)
        {
            throw new FormatException($"it is longer than {MaxLength} characters");
        }

        var value = Or();
        SkipSpace();
        if (_at < text.Length)
        {
            throw new FormatException($"'{text[_at..]}' is not expected at its end");
        }

        return value is TripValue.Truth truth ? truth.Of : throw new FormatException($"it is of type {value.Type}, not a condition such as 'consecutiveFailures > 5'");
    }

    private TripValue Or()
    {
        var left = And();
        while (Takes("||"))
        {
            var right = And();
            left = TripValue.Or(left, right) ?? throw Mismatch("||", left, right);
        }

        return left;
    }

    private TripValue And()
    {
        var left = Comparison();
        while (Takes("&&"))
        {
            var right = Comparison();
            left = TripValue.And(left, right) ?? throw Mismatch("&&", left, right);
        }

        return left;
    }

    private TripValue Comparison()
    {
        var left = Sum();
        foreach (var sign in (ReadOnlySpan<string>)[">=", "<=", "==", "!=", ">", "<"])
        {
            if (Takes(sign))
            {
                var right = Sum();
                return TripValue.Comparison(sign, left, right) ?? throw Mismatch(sign, left, right);
            }
        }

        return left;
    }

    private TripValue Sum()
    {
        var left = Product();
        while (TakesOneOf("+-") is { } sign)
        {
            left = Arithmetic(sign, left, Product());
        }

        return left;
    }

    private TripValue Product()
    {
        var left = Unary();
        while (TakesOneOf("*/%") is { } sign)
        {
            left = Arithmetic(sign, left, Unary());
        }

        return left;
    }

    private TripValue Unary()
    {
        if (TakesOneOf("-!") is not { } sign)
        {
            return Primary();
        }

        var value = Unary();
        return (sign == '!' ? TripValue.Not(value) : TripValue.Minus(value)) ?? throw new FormatException($"'{sign}' does not go with {value.Type}");
    }

    private TripValue Primary()
    {
        if (Takes("("))
        {
            return Closed();
        }

        SkipSpace();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '.' or '_'))
        {
            _at++;
        }

        var word = text[start.._at];
        if (word.Length == 0)
        {
            throw new FormatException(start < text.Length ? $"'{text[start..]}' is not expected" : "it ends too soon");
        }

        return char.IsAsciiDigit(word[0]) ? Number(word) : Named(word);
    }

    private static TripValue Number(string word)
    {
        if (long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            return new TripValue.Whole(_ => whole);
        }

        return double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var fraction)
            ? new TripValue.Fraction(_ => fraction)
            : throw new FormatException($"'{word}' is no number");
    }

    private TripValue Named(string word)
    {
        switch (word)
        {
            case "true":
                return new TripValue.Truth(static _ => true);
            case "false":
                return new TripValue.Truth(static _ => false);
            case "double" or "int" when Takes("("):
                var value = Closed();
                return TripValue.Convert(word, value) ?? throw new FormatException($"{word}() does not take {value.Type}");
            default:
                return _variables.TryGetValue(word, out var variable)
                    ? new TripValue.Whole(variable)
                    : throw new FormatException($"'{word}' is not known{NearestName.Hint(word, _variables.Keys)}; allowed are {string.Join(", ", _variables.Keys)}, numbers, double(), int(), parentheses and operators");
        }
    }

    private TripValue Closed()
    {
        var value = Or();
        return Takes(")") ? value : throw new FormatException("a ')' is missing");
    }

    private static TripValue Arithmetic(char sign, TripValue left, TripValue right)
        => TripValue.Arithmetic(sign, left, right) ?? throw Mismatch(sign.ToString(), left, right);

    private static FormatException Mismatch(string sign, TripValue left, TripValue right)
        => new($"'{sign}' does not go with {left.Type} and {right.Type}{(left.Type != right.Type ? "; convert with double()" : string.Empty)}");

    private bool Takes(string sign)
    {
        SkipSpace();
        if (!text.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal) || (sign == "!" && text.AsSpan(_at).StartsWith("!=", StringComparison.Ordinal)))
        {
            return false;
        }

        _at += sign.Length;
        return true;
    }

    private char? TakesOneOf(string signs)
    {
        foreach (var sign in signs)
        {
            if (Takes(sign.ToString()))
            {
                return sign;
            }
        }

        return null;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }
}
