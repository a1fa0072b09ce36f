using System.Text.RegularExpressions;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Preflight;

/// <summary>One call has several paths in httpPipeline: <c>/x</c> with dapr-app-id, <c>/v1.0/invoke/app/method/x</c>, and the latter with the app's namespace.</summary>
internal static partial class CallForms
{
    /// <summary>A path that <paramref name="pattern"/> covers, and one of the same call that it does not cover; null: there is none, or none that could be made of the pattern.</summary>
    /// <param name="pattern">A pathFilter.</param>
    /// <param name="isEndpoint">Whether an id is that of an HTTPEndpoint, which has no namespace.</param>
    public static (string Covered, string Missed)? Gap(string pattern, Func<string, bool> isEndpoint)
    {
        PathFilter filter;
        try
        {
            filter = PathFilter.Parse(pattern);
        }
        catch (FormatException)
        {
            return null; // is said by whoever makes the handler
        }

        var text = pattern.Replace("\\", string.Empty, StringComparison.Ordinal);
        var id = Id().Match(text) is { Success: true } named ? named.Groups["id"].Value : "app";
        if (Method().Match(text) is not { Success: true } found)
        {
            return null;
        }

        var method = found.Groups["method"].Value;
        string[] forms = [$"/{method}", $"/v1.0/invoke/{id}/method/{method}", .. isEndpoint(id) ? (string[])[] : [$"/v1.0/invoke/{id}.default/method/{method}"]];
        var covered = Array.Find(forms, form => filter.Judge(form) == FilterVerdict.Applies);
        var missed = Array.Find(forms, form => filter.Judge(form) == FilterVerdict.Passes);
        return covered is null || missed is null ? null : (covered, missed);
    }

    [GeneratedRegex(@"/invoke/(?<id>[\w-]+)/", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    /// <summary>What stands first behind the last <c>/method</c>, or in the pattern.</summary>
    [GeneratedRegex(@"^(.*/method)?[\^/()?:]*(?<method>[\w-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Method();
}
