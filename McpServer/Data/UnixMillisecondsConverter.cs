using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace McpAspire.McpServer.Data;

internal sealed class UnixMillisecondsConverter()
    : ValueConverter<DateTimeOffset, long>(time => time.ToUnixTimeMilliseconds(), stored => DateTimeOffset.FromUnixTimeMilliseconds(stored));
