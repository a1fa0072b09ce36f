using System.Diagnostics;
using System.Runtime.InteropServices;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Tests.Rig;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>Memory of the C library that was let go below a piece still in use goes back to the system only when it is told so.</summary>
public sealed class CompilerMemoryTests
{
    private const int Pieces = 8192;
    private const int PieceSize = 16 * 1024; // larger ones come from the system one by one
    private const long All = (long)Pieces * PieceSize;

    [Fact]
    public async Task MemoryLetGo_IsGivenBack()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out _), "malloc_trim(3) is glibc's");
        var clock = new FakeTimeProvider();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = CompilerMemory.GiveBackAsync(clock, end.Token);
        var last = TakeAndLetGoAllButTheLast();
        try
        {
            var before = WorkingSet();
            clock.Advance(TimeSpan.FromSeconds(10));

            await Eventually.TrueAsync(() => WorkingSet() < before - (All / 2), "the working set is smaller", end.Token);
        }
        finally
        {
            Marshal.FreeHGlobal(last);
        }

        await end.CancelAsync();
        await running;
    }

    private static nint TakeAndLetGoAllButTheLast()
    {
        var written = Enumerable.Repeat((byte)1, PieceSize).ToArray();
        var pieces = Enumerable.Range(0, Pieces).Select(_ => Marshal.AllocHGlobal(PieceSize)).ToList();
        pieces.ForEach(piece => Marshal.Copy(written, 0, piece, PieceSize));
        pieces.SkipLast(1).ToList().ForEach(Marshal.FreeHGlobal);
        return pieces[^1];
    }

    private static long WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
