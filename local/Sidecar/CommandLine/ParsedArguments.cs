using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.CommandLine;

/// <summary>Flags as given: the last value of a single one, all values of a list, and what follows <c>--</c>.</summary>
internal sealed class ParsedArguments
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    private readonly IReadOnlyDictionary<string, Flag> _known;

    private ParsedArguments(IReadOnlyDictionary<string, Flag> known) => _known = known;

    public List<string> Warnings { get; } = [];

    /// <summary>Words that belong to no flag.</summary>
    public List<string> Strays { get; } = [];

    public IReadOnlyList<string> AppCommand { get; private set; } = [];

    public bool Has(string flag) => _values.ContainsKey(flag);

    public string? Text(string flag) => _values.TryGetValue(flag, out var values) ? values[^1] : null;

    public IReadOnlyList<string> List(string flag) => _values.TryGetValue(flag, out var values) ? values : [];

    public bool Switch(string flag, bool otherwise = false) => Text(flag) is not { } text ? otherwise
        : Truth(text) ?? throw new CommandLineException($"The value '{text}' of --{flag} is not a switch; allowed are true and false.", CommandLineException.WrongUsage);

    /// <summary>Whether the switch is on, and off also where its value is not one: for the word about another mistake.</summary>
    public bool IsOn(string flag) => Text(flag) is { } text && Truth(text) == true;

    public static ParsedArguments Parse(IReadOnlyList<string> args, IReadOnlyDictionary<string, Flag>? known = null)
    {
        var parsed = new ParsedArguments(known ?? Flags.ByName);
        for (var i = 0; i < args.Count; i++)
        {
            var argument = args[i];
            if (argument == "--")
            {
                parsed.AppCommand = [.. args.Skip(i + 1)];
                break;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                // daprd ignores stray words too; a typo such as a missing "--" should still be seen.
                parsed.Strays.Add(argument);
                parsed.Warnings.Add($"The argument '{argument}' is no flag and is ignored.");
                continue;
            }

            var (flag, inline) = parsed.Find(argument);
            string value;
            if (inline is not null)
            {
                value = inline;
            }
            else if (flag.Kind == FlagKind.Switch)
            {
                value = "true";
            }
            else if (++i < args.Count)
            {
                value = args[i];
            }
            else
            {
                throw new CommandLineException($"The flag --{flag.Name} needs a value.", CommandLineException.WrongUsage);
            }

            parsed.Add(flag, value);
        }

        return parsed;
    }

    private (Flag Flag, string? Inline) Find(string argument)
    {
        var name = argument.TrimStart('-');
        string? inline = null;
        if (name.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals)
        {
            inline = name[(equals + 1)..];
            name = name[..equals];
        }

        if (Flags.ByShortName.TryGetValue(name, out var longName))
        {
            name = longName;
        }

        if (_known.TryGetValue(name, out var flag))
        {
            return (flag, inline);
        }

        throw name is "f" or "run-file" && ReferenceEquals(_known, Flags.ByName)
            ? new CommandLineException($"The flag '{argument}' asks for a run file, of several apps, and there are none here; start each of its apps with a 'run' of its own, and give the values of the file as flags.", CommandLineException.WrongUsage)
            : new CommandLineException($"Unknown flag '{argument}'{NearestName.Hint("--" + name, _known.Keys.Select(known => "--" + known))}.", CommandLineException.WrongUsage);
    }

    private void Add(Flag flag, string value)
    {
        switch (flag.Use)
        {
            case FlagUse.Deprecated:
                Warnings.Add($"Flag --{flag.Name} has been deprecated, use '--{flag.ReplacedBy}'");
                break;
            case FlagUse.WithoutEffect when value.Length > 0:
                Warnings.Add($"The flag --{flag.Name} is accepted but has no effect in this sidecar.");
                break;
            default:
                break;
        }

        if (!_values.TryGetValue(flag.Name, out var values))
        {
            _values[flag.Name] = values = [];
        }

        if (flag.Kind == FlagKind.List)
        {
            values.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
        else
        {
            values.Add(value);
        }
    }

    /// <summary>A switch with an empty value is on.</summary>
    private static bool? Truth(string text) => text.Length == 0 ? true : GoBoolean.Parse(text);
}
