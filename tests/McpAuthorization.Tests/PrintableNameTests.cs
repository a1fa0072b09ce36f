using McpAspire.McpAuthorization.Auditing;

namespace McpAspire.McpAuthorization.Tests;

public sealed class PrintableNameTests
{
    [Theory]
    [InlineData("get_ticket", "get_ticket")]
    [InlineData("a\r\nforged line", "a\uFFFD\uFFFDforged line")]
    [InlineData("\u001b[31mred", "\uFFFD[31mred")]
    [InlineData(null, null)]
    public void Printable_ControlCharacters_AreReplaced(string? tool, string? printable)
        => Assert.Equal(printable, ToolCallAuditTrail.Printable(tool));

    [Fact]
    public void Printable_LongName_IsCut()
        => Assert.Equal(128, ToolCallAuditTrail.Printable(new string('x', 100_000))!.Length);
}
