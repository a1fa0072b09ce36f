namespace McpAspire.Sidecar.Resiliency;

/// <summary>A part of a trip condition, typed as in CEL: whole numbers and fractions do not mix in arithmetic. Null is CEL's error.</summary>
internal abstract record TripValue
{
    public abstract string Type { get; }

    public sealed record Whole(Func<CircuitCounts, long?> Of) : TripValue
    {
        public override string Type => "int";
    }

    public sealed record Fraction(Func<CircuitCounts, double?> Of) : TripValue
    {
        public override string Type => "double";
    }

    public sealed record Truth(Func<CircuitCounts, bool?> Of) : TripValue
    {
        public override string Type => "bool";
    }

    public static TripValue? Arithmetic(char sign, TripValue left, TripValue right) => (left, right, sign) switch
    {
        (Whole a, Whole b, '+') => new Whole(counts => a.Of(counts) + b.Of(counts)),
        (Whole a, Whole b, '-') => new Whole(counts => a.Of(counts) - b.Of(counts)),
        (Whole a, Whole b, '*') => new Whole(counts => a.Of(counts) * b.Of(counts)),
        (Whole a, Whole b, '/') => new Whole(counts => b.Of(counts) is { } divisor and not 0 ? a.Of(counts) / divisor : null),
        (Whole a, Whole b, '%') => new Whole(counts => b.Of(counts) is { } divisor and not 0 ? a.Of(counts) % divisor : null),
        (Fraction a, Fraction b, '+') => new Fraction(counts => a.Of(counts) + b.Of(counts)),
        (Fraction a, Fraction b, '-') => new Fraction(counts => a.Of(counts) - b.Of(counts)),
        (Fraction a, Fraction b, '*') => new Fraction(counts => a.Of(counts) * b.Of(counts)),
        (Fraction a, Fraction b, '/') => new Fraction(counts => a.Of(counts) / b.Of(counts)),
        _ => null,
    };

    public static TripValue? Comparison(string sign, TripValue left, TripValue right) => (left, right) switch
    {
        (Truth a, Truth b) when sign is "==" => new Truth(counts => a.Of(counts) is { } x && b.Of(counts) is { } y ? x == y : null),
        (Truth a, Truth b) when sign is "!=" => new Truth(counts => a.Of(counts) is { } x && b.Of(counts) is { } y ? x != y : null),
        (Whole a, Whole b) => new Truth(counts => a.Of(counts) is { } x && b.Of(counts) is { } y ? Holds(sign, x.CompareTo(y)) : null),
        (Whole or Fraction, Whole or Fraction) => Numbers(sign, AsFraction(left), AsFraction(right)),
        _ => null,
    };

    /// <summary>As in CEL: one side can decide also where the other is an error.</summary>
    public static TripValue? And(TripValue left, TripValue right)
        => left is Truth a && right is Truth b ? new Truth(counts => a.Of(counts) & b.Of(counts)) : null;

    public static TripValue? Or(TripValue left, TripValue right)
        => left is Truth a && right is Truth b ? new Truth(counts => a.Of(counts) | b.Of(counts)) : null;

    public static TripValue? Not(TripValue value) => value is Truth a ? new Truth(counts => !a.Of(counts)) : null;

    public static TripValue? Minus(TripValue value) => value switch
    {
        Whole a => new Whole(counts => -a.Of(counts)),
        Fraction a => new Fraction(counts => -a.Of(counts)),
        _ => null,
    };

    /// <summary>CEL's <c>double(x)</c> and <c>int(x)</c>.</summary>
    public static TripValue? Convert(string type, TripValue value) => (type, value) switch
    {
        ("double", Whole or Fraction) => AsFraction(value),
        ("int", Whole) => value,
        ("int", Fraction a) => new Whole(counts => a.Of(counts) is { } x && Math.Abs(x) < long.MaxValue ? (long)x : null),
        _ => null,
    };

    private static Fraction AsFraction(TripValue value)
        => value as Fraction ?? new Fraction(counts => ((Whole)value).Of(counts));

    private static Truth Numbers(string sign, Fraction left, Fraction right)
        => new(counts => left.Of(counts) is { } x && right.Of(counts) is { } y
            ? !double.IsNaN(x) && !double.IsNaN(y) ? Holds(sign, x.CompareTo(y)) : sign == "!="
            : null);

    private static bool Holds(string sign, int order) => sign switch
    {
        ">" => order > 0,
        ">=" => order >= 0,
        "<" => order < 0,
        "<=" => order <= 0,
        "==" => order == 0,
        _ => order != 0,
    };
}
