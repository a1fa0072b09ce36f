using McpAspire.Sidecar.Hosting;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>Which pages of an executable can be let go.</summary>
public sealed class ExecutableMemoryTests
{
    private static readonly string _smaps = string.Concat(
        Mapping("1000-3000 r--p 00000000 fe:00 1 /opt/Sidecar"),
        Mapping("3000-a000 r-xp 00002000 fe:00 1 /opt/Sidecar"),
        Mapping("a000-b000 r--p 00009000 fe:00 1 /opt/Sidecar", dirty: 4),
        Mapping("b000-c000 r--p 0000a000 fe:00 1 /opt/Sidecar", anonymous: 4),
        Mapping("c000-d000 r--p 0000b000 fe:00 1 /opt/Sidecar", swap: 4),
        Mapping("d000-e000 rw-p 0000c000 fe:00 1 /opt/Sidecar"),
        Mapping("e000-f000 r--p 00000000 fe:00 2 /opt/libSidecar"),
        Mapping("f000-10000 r--p 00000000 00:00 0 "),
        Mapping("7f0000001000-7f0000002000 r-xp 00000000 fe:00 2 /opt/Sidecar"));

    [Fact]
    public void Pages_ThatWereWrittenTo_OrAreNotOfTheExecutable_Stay()
        => Assert.Equal([(0x1000, 0x2000), (0x3000, 0x7000), (unchecked((nint)0x7f0000001000), 0x1000)], ExecutableMemory.Unwritten(_smaps.Split('\n'), "/opt/Sidecar"));

    [Fact]
    public async Task CompiledAsItRuns_NothingIsLetGo() => await ExecutableMemory.GiveBackAsync(TimeProvider.System, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

    private static string Mapping(string range, int dirty = 0, int anonymous = 0, int swap = 0)
        => $"{range}\nSize: 8 kB\nShared_Dirty:          0 kB\nPrivate_Dirty:         {dirty} kB\nAnonymous:             {anonymous} kB\nSwap:                  {swap} kB\nVmFlags: rd mr\n";
}
