using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Metrics;

/// <summary>Reads the metrics port until it says what is expected: a call is counted a moment after its answer.</summary>
internal static class MetricsPort
{
    /// <returns>The lines of Dapr's metrics, without the buckets of histograms.</returns>
    public static async Task<string[]> HoldsAsync(SidecarProcess sidecar, CancellationToken cancellationToken, params string[] expected)
    {
        string[] lines = [];
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    var text = (await RawClient.GetAsync(sidecar.MetricsPort, "/metrics", cancellationToken)).Text;
                    lines = [.. text.Split('\n').Where(line => line.StartsWith("dapr_", StringComparison.Ordinal) && !line.Contains("_bucket{", StringComparison.Ordinal))];
                    return !expected.Except(lines).Any();
                },
                "the metrics hold what is expected",
                cancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The metrics do not hold\n{string.Join('\n', expected.Except(lines))}\nbut\n{string.Join('\n', lines)}");
        }

        return lines;
    }

    /// <summary>The name of a line's series, without its labels.</summary>
    public static string NameOf(string line) => line[..line.IndexOfAny(['{', ' '])];
}
