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
            throw new ResourceException(new Position(path, (int)exception.Start.Line), $"This is not YAML: {exception.InnerException?.Message ?? exception.Message}", exception) { Rule = ProblemRules.YamlError };
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
