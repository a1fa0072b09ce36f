using System.Globalization;
using Grpc.Core;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;
using Microsoft.Extensions.Primitives;

namespace McpAspire.Sidecar.Grpc;

/// <summary>gRPC's metadata as HTTP's headers, and the other way round, by Dapr's rules.</summary>
internal static class CallMetadata
{
    private const string HttpStatus = "dapr-http-status";

    /// <summary>Of HTTP itself: in metadata they would be taken for those of the gRPC call.</summary>
    private static readonly HashSet<string> _ofHttp = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Charset", "Accept-Language", "Accept-Ranges", "Cache-Control", "Content-Type", "Content-Length", "Cookie", "Date",
        "Expect", "From", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "If-Schedule-Tag-Match", "If-Unmodified-Since",
        "Max-Forwards", "Origin", "Pragma", "Referer", "Via", "Warning",
    };

    /// <summary>Of a call to this sidecar.</summary>
    public static void CopyTo(IHeaderDictionary request, IHeaderDictionary metadata)
    {
        foreach (var (name, values) in metadata)
        {
            if (name.Equals(BinaryTrace.Key, StringComparison.OrdinalIgnoreCase))
            {
                if (values.Count > 0 && Decode(values[0]!) is { } trace && BinaryTrace.ToTraceParent(trace) is { } parent)
                {
                    request.TraceParent = parent;
                }
            }
            else if (!IsOfTheCall(name) && !(name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) && request.TraceParent.Count > 0))
            {
                request[name] = values;
            }
        }
    }

    /// <summary>Of a request to an app.</summary>
    public static Metadata OfRequest(HttpRequestMessage request)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (!IsOfTheCall(name) && !name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase) && !name.Equals(BinaryTrace.Key, StringComparison.OrdinalIgnoreCase))
            {
                Add(metadata, name, new StringValues([.. values]));
            }
        }

        if (request.Headers.NonValidated.TryGetValues("traceparent", out var parents) && BinaryTrace.Of(parents.ToString()) is { } trace)
        {
            metadata.Add(BinaryTrace.Key, trace);
        }

        return metadata;
    }

    /// <summary>Of an answer to a caller of this sidecar.</summary>
    public static Metadata OfAnswer(SidecarRequest request)
    {
        var response = request.Http.Response;
        var metadata = new Metadata();
        foreach (var (name, values) in response.Headers)
        {
            if (!BridgeHeaders.Contains(name) && !HopByHopHeaders.Contains(name) && !name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase))
            {
                Add(metadata, name, values);
            }
        }

        if (!response.Headers.ContainsKey(BridgeHeaders.Status))
        {
            metadata.Add(HttpStatus, response.StatusCode.ToString(CultureInfo.InvariantCulture));
        }

        if (request.Trace.IsSet)
        {
            if (metadata.Get("traceparent") is null)
            {
                metadata.Add("traceparent", request.Trace.ToHeader());
            }

            if (BinaryTrace.Of(request.Trace.ToHeader()) is { } trace)
            {
                metadata.Add(BinaryTrace.Key, trace);
            }
        }

        return metadata;
    }

    /// <summary>Of an app's answer.</summary>
    public static void AddTo(HttpResponseMessage response, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (!IsOfTheCall(entry.Key) && !entry.Key.Equals("date", StringComparison.Ordinal) && !entry.Key.Equals("server", StringComparison.Ordinal))
            {
                response.Headers.TryAddWithoutValidation(entry.Key, entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value);
            }
        }
    }

    /// <summary>With or without padding, as gRPC allows.</summary>
    public static byte[]? Decode(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Of metadata: lower case, and less than HTTP allows.</summary>
    public static bool IsKey(string name)
        => name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '_' or '.');

    private static void Add(Metadata metadata, string name, StringValues values)
    {
        var key = _ofHttp.Contains(name) ? "dapr-" + name.ToLowerInvariant() : name.ToLowerInvariant();
        if (!IsKey(key))
        {
            return; // HTTP allows more in a name than gRPC does
        }

        foreach (var value in values)
        {
            if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
            {
                metadata.Add(key, value ?? string.Empty);
            }
            else if (Decode(value ?? string.Empty) is { } bytes)
            {
                metadata.Add(key, bytes);
            }
        }
    }

    /// <summary>Says how a call is carried, or where it goes; nothing that a caller has to tell an app.</summary>
    private static bool IsOfTheCall(string name)
        => name.StartsWith(':')
           || name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
           || name.Equals("dapr-app-id", StringComparison.OrdinalIgnoreCase)
           || name.Equals("Host", StringComparison.OrdinalIgnoreCase)
           || name.Equals("TE", StringComparison.OrdinalIgnoreCase)
           || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
           || BridgeHeaders.Contains(name)
           || HopByHopHeaders.Contains(name);
}
