using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace McpAspire.Sidecar.Resources;

/// <summary>The documents of one YAML file.</summary>
internal static class YamlFile
{
    /// <summary>Each level is a call inside a call, which at some depth would end the process. No resource has ten.</summary>
    private const int MaxDepth = 100;

    public static IReadOnlyList<YamlMap> Parse(string text, string path, bool ignoreCase = false)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new ShallowParser(new Parser(new StringReader(text))));
        }
        catch (YamlException exception)
        {
            if (TabOf(text) is > 0 and var line && line >= exception.Start.Line)
            {
                throw new ResourceException(new Position(path, line), "This is not YAML: the line is indented with a tab; only spaces can indent.", exception) { Rule = ProblemRules.YamlError };
            }

            throw new ResourceException(new Position(path, LineOf(exception, text)), $"This is not YAML: {exception.InnerException?.Message ?? exception.Message}", exception) { Rule = ProblemRules.YamlError };
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException)
        {
            // The parser reports some malformed input (a duplicate key, an anchor inside itself) this way.
            throw new ResourceException(new Position(path, 1), $"This is not YAML: {exception.Message}", exception) { Rule = ProblemRules.YamlError };
        }

        return [.. stream.Documents
            .Where(document => document.RootNode is not YamlScalarNode { Value: null or "" })
            .Select(document => new YamlMap(document.RootNode, path, string.Empty, ignoreCase))];
    }

    /// <summary>The first line that a tab indents; 0: none. The parser tells of it where the block began.</summary>
    private static int TabOf(string text)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line.TrimStart(' ') is ['\t', .. var rest] && !rest.IsWhiteSpace())
            {
                return number;
            }
        }

        return 0;
    }

    /// <summary>Where the parser stopped, which is nearer to the mistake than where it began; never behind the last line.</summary>
    private static int LineOf(YamlException exception, string text)
        => (int)Math.Clamp(Math.Max(exception.Start.Line, exception.End.Line), 1, text.TrimEnd().AsSpan().Count('\n') + 1);

    private sealed class ShallowParser(IParser inner) : IParser
    {
        private int _depth;

        public ParsingEvent? Current => inner.Current;

        public bool MoveNext()
        {
            var hasMore = inner.MoveNext();
            _depth += hasMore && Current is { } now ? now.NestingIncrease : 0;
            return _depth <= MaxDepth ? hasMore : throw new YamlException(Current!.Start, Current.End, $"It nests deeper than {MaxDepth} levels.");
        }
    }
}
