using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace McpAspire.IdentityProvider.Endpoints;

/// <summary>The parameters of a form or of a query.</summary>
internal sealed class FormParameters
{
    /// <summary>Keycloak drops a parameter of more than 4,000 characters as if it had not been sent.</summary>
    public const int LongestParameter = 4000;

    private const int LongestValue = 128 * 1024;
    private const int LongestBody = 1024 * 1024;

    private static readonly FormOptions Limits = new()
    {
        BufferBody = false,
        ValueLengthLimit = LongestValue,
        KeyLengthLimit = 2048,
        ValueCountLimit = 1000,
        MultipartBodyLengthLimit = LongestBody,
        BufferBodyLengthLimit = LongestBody,
    };

    private readonly IReadOnlyDictionary<string, StringValues> _values;

    public FormParameters(IEnumerable<KeyValuePair<string, StringValues>> values)
        => _values = values.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>The first value; an empty one counts as sent.</summary>
    public string? this[string name] => _values.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    public bool HasDuplicates => _values.Any(pair => pair.Value.Count > 1);

    public IEnumerable<string> Names => _values.Keys;

    public bool IsDuplicate(string name) => _values.TryGetValue(name, out var values) && values.Count > 1;

    public string? NotEmpty(string name) => this[name] is { Length: > 0 } value ? value : null;

    public FormParameters Merge(IReadOnlyDictionary<string, string> others)
        => new(_values.Where(pair => !others.ContainsKey(pair.Key))
            .Concat(others.Select(pair => KeyValuePair.Create(pair.Key, new StringValues(pair.Value)))));

    public FormParameters WithoutLongOnes()
        => _values.Values.All(values => values.All(value => value is null or { Length: <= LongestParameter }))
            ? this
            : new(_values.Where(pair => pair.Value.All(value => value is null or { Length: <= LongestParameter })));

    public IReadOnlyDictionary<string, string> ToDictionary() => _values.ToDictionary(pair => pair.Key, pair => pair.Value[0] ?? "");

    public static FormParameters FromQuery(HttpRequest request) => new(request.Query);

    /// <summary>Reads the form; a body of another type has no parameters.</summary>
    public static async Task<FormParameters> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            return new FormParameters([]);
        }

        try
        {
            context.Features.Set<IFormFeature>(new FormFeature(context.Request, Limits));
            return new FormParameters(await context.Request.ReadFormAsync(Limits, context.RequestAborted));
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
        }
        catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException("malformed form", StatusCodes.Status400BadRequest);
        }
    }
}
