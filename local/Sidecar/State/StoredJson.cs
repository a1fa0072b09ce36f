using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace McpAspire.Sidecar.State;

/// <summary>
/// JSON as daprd keeps it: without white space, in strings <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c> and line separators escaped, what
/// is no Unicode replaced. Unlike there numbers keep their digits, and fields their order.
/// </summary>
internal static class StoredJson
{
    private static readonly SearchValues<byte> _special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(control => (byte)control), (byte)'"', (byte)'\\', (byte)'<', (byte)'>', (byte)'&']);

    /// <summary>The value that the reader stands before; it stands at its end afterwards.</summary>
    public static byte[] Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && IsPlain(reader.ValueSpan))
        {
            return [(byte)'"', .. reader.ValueSpan, (byte)'"'];
        }

        var output = new ArrayBufferWriter<byte>(Math.Max(16, reader.ValueSpan.Length));
        Copy(ref reader, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The string or name that the reader stands at.</summary>
    public static string Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }

        var text = new StringBuilder(reader.ValueSpan.Length);
        Span<char> characters = stackalloc char[2];
        for (var rest = reader.ValueSpan; !rest.IsEmpty;)
        {
            text.Append(characters[..Next(ref rest).EncodeToUtf16(characters)]);
        }

        return text.ToString();
    }

    /// <summary>The text of a stored string; null when the value is something else.</summary>
    public static byte[]? TextOf(byte[] value)
    {
        var reader = new Utf8JsonReader(value);
        return reader.Read() && reader.TokenType == JsonTokenType.String ? Encoding.UTF8.GetBytes(Text(ref reader)) : null;
    }

    /// <summary>Whether a value is JSON at all: over gRPC it need not be.</summary>
    public static bool IsJson(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = int.MaxValue });
            while (reader.Read())
            {
            }

            return reader.TokenType != JsonTokenType.None;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Copy(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output)
    {
        var depth = reader.CurrentDepth;
        var isNext = false;
        while (true)
        {
            var token = reader.TokenType;
            if (isNext && token is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                output.Write(","u8);
            }

            isNext = true;
            switch (token)
            {
                case JsonTokenType.StartObject:
                    output.Write("{"u8);
                    isNext = false;
                    break;
                case JsonTokenType.StartArray:
                    output.Write("["u8);
                    isNext = false;
                    break;
                case JsonTokenType.EndObject:
                    output.Write("}"u8);
                    break;
                case JsonTokenType.EndArray:
                    output.Write("]"u8);
                    break;
                case JsonTokenType.PropertyName:
                    WriteText(reader.ValueSpan, output);
                    output.Write(":"u8);
                    isNext = false;
                    break;
                case JsonTokenType.String:
                    WriteText(reader.ValueSpan, output);
                    break;
                default:
                    output.Write(reader.ValueSpan);
                    break;
            }

            if (reader.CurrentDepth == depth && token is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                return;
            }

            _ = reader.Read();
        }
    }

    private static void WriteText(ReadOnlySpan<byte> written, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        if (IsPlain(written))
        {
            output.Write(written);
        }
        else
        {
            for (var rest = written; !rest.IsEmpty;)
            {
                WriteRune(Next(ref rest), output);
            }
        }

        output.Write("\""u8);
    }

    private static void WriteRune(Rune rune, ArrayBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> known = rune.Value switch
        {
            '"' => "\\\""u8,
            '\\' => "\\\\"u8,
            '\b' => "\\b"u8,
            '\f' => "\\f"u8,
            '\n' => "\\n"u8,
            '\r' => "\\r"u8,
            '\t' => "\\t"u8,
            _ => default,
        };
        if (!known.IsEmpty)
        {
            output.Write(known);
        }
        else if (rune.Value is < ' ' or '<' or '>' or '&' or 0x2028 or 0x2029)
        {
            output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}")));
        }
        else
        {
            Span<byte> bytes = stackalloc byte[4];
            output.Write(bytes[..rune.EncodeToUtf8(bytes)]);
        }
    }

    /// <summary>Whether a string is written as it came.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> written)
        => written.IndexOfAny(_special) < 0
           && (Ascii.IsValid(written) || (Utf8.IsValid(written) && written.IndexOf("\u2028"u8) < 0 && written.IndexOf("\u2029"u8) < 0));

    /// <summary>The next character of a string as it is written between its quotes.</summary>
    private static Rune Next(ref ReadOnlySpan<byte> written)
    {
        Rune rune;
        int length;
        if (written[0] == '\\')
        {
            (rune, length) = Escaped(written);
        }
        else
        {
            _ = Rune.DecodeFromUtf8(written, out rune, out length);
        }

        written = written[length..];
        return rune;
    }

    private static (Rune Rune, int Length) Escaped(ReadOnlySpan<byte> written)
    {
        switch (written[1])
        {
            case (byte)'u':
                var first = Unit(written);
                if (char.IsHighSurrogate(first) && written.Length >= 12 && written[6] == '\\' && written[7] == 'u' && char.IsLowSurrogate(Unit(written[6..])))
                {
                    return (new Rune(first, Unit(written[6..])), 12);
                }

                return (char.IsSurrogate(first) ? Rune.ReplacementChar : new Rune(first), 6);
            case (byte)'b':
                return (new Rune('\b'), 2);
            case (byte)'f':
                return (new Rune('\f'), 2);
            case (byte)'n':
                return (new Rune('\n'), 2);
            case (byte)'r':
                return (new Rune('\r'), 2);
            case (byte)'t':
                return (new Rune('\t'), 2);
            default:
                return (new Rune(written[1]), 2);
        }

        static char Unit(ReadOnlySpan<byte> escape) => (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
