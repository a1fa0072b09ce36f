using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Builds a <see cref="ReferenceExpression"/> step by step.</summary>
public class ReferenceExpressionBuilder
{
    private readonly StringBuilder _format = new();
    private readonly List<IValueProvider> _providers = [];
    private readonly List<string> _expressions = [];

    /// <summary>Nothing was added.</summary>
    public bool IsEmpty => _format.Length == 0;

    /// <summary>Adds an interpolated string.</summary>
    public void Append([InterpolatedStringHandlerArgument("")] in ReferenceExpressionBuilderInterpolatedStringHandler handler)
    {
    }

    /// <summary>Adds literal text.</summary>
    public void AppendLiteral(string value)
        => _format.Append(value.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    /// <summary>Adds text.</summary>
    public void AppendFormatted(string? value) => AppendLiteral(value ?? string.Empty);

    /// <summary>Adds a value.</summary>
    public void AppendFormatted<T>(T valueProvider)
        where T : IValueProvider, IManifestExpressionProvider
    {
        _format.Append(CultureInfo.InvariantCulture, $"{{{_providers.Count}}}");
        _providers.Add(valueProvider);
        _expressions.Add(valueProvider.ValueExpression);
    }

    /// <summary>Builds the expression.</summary>
    public ReferenceExpression Build() => ReferenceExpression.Create(_format.ToString(), [.. _providers], [.. _expressions]);

    /// <summary>Collects the parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
#pragma warning disable CS9113 // The compiler passes the lengths; they are not needed here.
    public ref struct ReferenceExpressionBuilderInterpolatedStringHandler(int literalLength, int formattedCount, ReferenceExpressionBuilder builder)
#pragma warning restore CS9113
    {
        /// <summary>Adds literal text.</summary>
        public readonly void AppendLiteral(string value) => builder.AppendLiteral(value);

        /// <summary>Adds text.</summary>
        public readonly void AppendFormatted(string? value) => builder.AppendFormatted(value);

        /// <summary>Adds a value.</summary>
        public readonly void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider
            => builder.AppendFormatted(valueProvider);

        /// <summary>Adds the value of a resource.</summary>
        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider
            => builder.AppendFormatted(valueProvider.Resource);
    }
}
