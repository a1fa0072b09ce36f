using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace McpAspire.Sidecar.Pipeline;

/// <summary>
/// Writes an expression of RE2 (<see href="https://github.com/google/re2/wiki/Syntax">its syntax</see>) as one that means
/// the same to .NET, where <c>\d</c> is more than ASCII, <c>$</c> also stands before a last line break and <c>-[</c> subtracts.
/// One difference stays: <c>\b</c> takes letters and digits beyond ASCII for parts of a word.
/// </summary>
internal sealed class Re2Syntax
{
    private const string Digits = "0-9";
    private const string NoDigits = @"\x00-/:-\uFFFF";
    private const string WordCharacters = "0-9A-Za-z_";
    private const string NoWordCharacters = @"\x00-/:-@\[-\^`{-\uFFFF";
    private const string Spaces = @"\t\n\f\r ";
    private const string NoSpaces = @"\x00-\x08\x0B\x0E-\x1F!-\uFFFF";

    private readonly string _pattern;
    private readonly StringBuilder _text;
    private readonly Stack<bool> _outer = new();
    private bool _endsLines;
    private int _at;

    private Re2Syntax(string pattern)
    {
        _pattern = pattern;
        _text = new StringBuilder(pattern.Length + 8);
    }

    private bool IsAtEnd => _at == _pattern.Length;

    /// <summary>Throws <see cref="FormatException"/> for what RE2 has not.</summary>
    public static string Translate(string pattern)
    {
        var syntax = new Re2Syntax(pattern);
        while (!syntax.IsAtEnd)
        {
            syntax.ReadNext();
        }

        return syntax._text.ToString();
    }

    private void ReadNext()
    {
        var character = _pattern[_at++];
        switch (character)
        {
            case '\\':
                ReadEscape(isInClass: false);
                break;
            case '[':
                ReadClass();
                break;
            case '(':
                _outer.Push(_endsLines);
                ReadGroup();
                break;
            case ')':
                _endsLines = _outer.TryPop(out var outer) && outer;
                _text.Append(character);
                break;
            case '$':
                _text.Append(_endsLines ? "$" : @"\z");
                break;
            default:
                _text.Append(character);
                break;
        }
    }

    /// <summary><c>(</c>, <c>(?:</c>, <c>(?P&lt;name&gt;</c>, <c>(?flags:</c>, <c>(?flags)</c>.</summary>
    private void ReadGroup()
    {
        _text.Append('(');
        if (IsAtEnd || _pattern[_at] != '?')
        {
            return;
        }

        _at++;
        _text.Append('?');
        if (Takes("P<") || Takes("<"))
        {
            var end = _pattern.IndexOf('>', _at);
            var name = end < 0 ? string.Empty : _pattern[_at..end];
            if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
            {
                throw new FormatException($"'(?<{name}' is not in RE2; the name of a group is of letters, digits and underscores, and there is no lookbehind");
            }

            // A name that begins with a digit would be a number to .NET.
            _text.Append("<_").Append(name).Append('>');
            _at = end + 1;
            return;
        }

        ReadFlags();
    }

    private void ReadFlags()
    {
        var isOn = true;
        for (; !IsAtEnd; _at++)
        {
            var flag = _pattern[_at];
            switch (flag)
            {
                case 'm':
                    _endsLines = isOn;
                    break;
                case '-' when isOn:
                    isOn = false;
                    break;
                case 'i' or 's':
                    break;
                case 'U':
                    continue; // which of several matches is found says nothing here
                case ':':
                    _text.Append(flag);
                    _at++;
                    return;
                case ')':
                    _ = _outer.Pop(); // the flags are for the rest of the group around it
                    _text.Append(_text[^1] == '?' ? ":)" : ")");
                    _at++;
                    if (!IsAtEnd && _pattern[_at] is ('*' or '+' or '?' or '{'))
                    {
                        throw new FormatException("flags cannot be repeated");
                    }

                    return;
                default:
                    throw new FormatException($"'(?{flag}' is not supported; allowed are groups (?:…) and (?P<name>…) and the flags i, m, s and U");
            }

            _text.Append(flag);
        }

        throw new FormatException("a group '(?' has no end");
    }

    private void ReadClass()
    {
        _text.Append('[');
        if (Takes("^"))
        {
            _text.Append('^');
        }

        for (var isFirst = true; !IsAtEnd; isFirst = false)
        {
            var character = _pattern[_at++];
            switch (character)
            {
                case ']' when !isFirst:
                    _text.Append(character);
                    return;
                case '[' when !IsAtEnd && _pattern[_at] == ':' && _pattern.IndexOf(":]", _at + 1, StringComparison.Ordinal) is >= 0 and var end:
                    _text.Append(PosixClass(_pattern[(_at + 1)..end]));
                    _at = end + 2;
                    break;
                case '[' or ']':
                    _text.Append('\\').Append(character);
                    break;
                case '\\':
                    ReadEscape(isInClass: true);
                    break;
                default:
                    _text.Append(character);
                    break;
            }
        }

        throw new FormatException("a class '[' has no end");
    }

    private static string PosixClass(string name) => name switch
    {
        "alnum" => "0-9A-Za-z",
        "alpha" => "A-Za-z",
        "ascii" => @"\x00-\x7F",
        "blank" => @"\t ",
        "cntrl" => @"\x00-\x1F\x7F",
        "digit" => Digits,
        "graph" => "!-~",
        "lower" => "a-z",
        "print" => " -~",
        "punct" => @"!-/:-@\[-`{-~",
        "space" => @"\t-\r ",
        "upper" => "A-Z",
        "word" => WordCharacters,
        "xdigit" => "0-9A-Fa-f",
        _ => throw new FormatException($"the class '[:{name}:]' is not supported; write the range"),
    };

    private void ReadEscape(bool isInClass)
    {
        if (IsAtEnd)
        {
            throw new FormatException(@"'\' stands at the end");
        }

        var escaped = _pattern[_at++];
        switch (escaped)
        {
            case 'd':
                AppendSet(Digits, isInClass);
                break;
            case 'D':
                AppendSet(NoDigits, isInClass);
                break;
            case 'w':
                AppendSet(WordCharacters, isInClass);
                break;
            case 'W':
                AppendSet(NoWordCharacters, isInClass);
                break;
            case 's':
                AppendSet(Spaces, isInClass);
                break;
            case 'S':
                AppendSet(NoSpaces, isInClass);
                break;
            case 'p' or 'P':
                ReadUnicodeClass(escaped);
                break;
            case 'x':
                ReadCode();
                break;
            case 'Q' when !isInClass:
                var end = _pattern.IndexOf(@"\E", _at, StringComparison.Ordinal);
                _text.Append(Regex.Escape(_pattern[_at..(end < 0 ? _pattern.Length : end)]));
                _at = end < 0 ? _pattern.Length : end + 2;
                break;
            case 'A' or 'b' or 'B' or 'z' when !isInClass:
            case 'a' or 'f' or 'n' or 'r' or 't' or 'v':
                _text.Append('\\').Append(escaped);
                break;
            default:
                if (!char.IsAscii(escaped) || char.IsAsciiLetterOrDigit(escaped))
                {
                    throw new FormatException($@"'\{escaped}' is not supported{(isInClass ? " in a class" : string.Empty)}");
                }

                _text.Append(escaped == '_' ? string.Empty : "\\").Append(escaped); // to .NET an underscore is a letter here
                break;
        }
    }

    private void AppendSet(string set, bool isInClass)
        => _text.Append(isInClass ? string.Empty : "[").Append(set).Append(isInClass ? string.Empty : "]");

    /// <summary><c>\pL</c> or <c>\p{L}</c>; the categories are .NET's, without the scripts (<c>\p{Greek}</c>).</summary>
    private void ReadUnicodeClass(char escaped)
    {
        _text.Append('\\').Append(escaped);
        if (!IsAtEnd && _pattern[_at] != '{')
        {
            _text.Append('{').Append(_pattern[_at++]).Append('}');
        }
    }

    /// <summary><c>\x2F</c> or <c>\x{2F}</c>.</summary>
    private void ReadCode()
    {
        var isLong = Takes("{");
        var end = isLong ? _pattern.IndexOf('}', _at) : Math.Min(_at + 2, _pattern.Length);
        if (end < 0 || !ushort.TryParse(_pattern.AsSpan(_at, end - _at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !isLong && end - _at != 2)
        {
            throw new FormatException(@"the code of '\x' is two hexadecimal digits, or up to FFFF in braces");
        }

        _text.Append(CultureInfo.InvariantCulture, $@"\u{code:X4}");
        _at = isLong ? end + 1 : end;
    }

    private bool Takes(string text)
    {
        if (!_pattern.AsSpan(_at).StartsWith(text, StringComparison.Ordinal))
        {
            return false;
        }

        _at += text.Length;
        return true;
    }
}
