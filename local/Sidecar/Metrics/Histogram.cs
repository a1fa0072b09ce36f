namespace McpAspire.Sidecar.Metrics;

/// <summary>How many values fell into which bucket, without a lock.</summary>
internal sealed class Histogram(double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];

    private double _sum;

    public IReadOnlyList<double> Bounds => bounds;

    public double Sum => Volatile.Read(ref _sum);

    public void Record(double value)
    {
        // A value that equals a bound belongs to the bucket below it.
        var index = Array.BinarySearch(bounds, value);
        Interlocked.Increment(ref _counts[index < 0 ? ~index : index]);
        double seen, sum;
        do
        {
            seen = Volatile.Read(ref _sum);
            sum = seen + value;
        }
        while (BitConverter.DoubleToInt64Bits(Interlocked.CompareExchange(ref _sum, sum, seen)) != BitConverter.DoubleToInt64Bits(seen));
    }

    /// <summary>The count of each bucket and of all below it; the last one is the count of all.</summary>
    public long[] Cumulated()
    {
        var cumulated = new long[_counts.Length];
        var total = 0L;
        for (var i = 0; i < cumulated.Length; i++)
        {
            total += Interlocked.Read(ref _counts[i]);
            cumulated[i] = total;
        }

        return cumulated;
    }
}
