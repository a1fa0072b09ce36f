using Microsoft.Extensions.Options;

namespace McpAspire.McpServer.Configuration;

/// <summary>A mistake of the person who starts the service is answered with a sentence, not with a stack trace.</summary>
internal static class ExitCodes
{
    public static async Task<int> RunAsync(Func<Task> service)
    {
        try
        {
            await service();
            return 0;
        }
        catch (Exception exception) when (Sentences(exception) is { Count: > 0 } sentences)
        {
            foreach (var sentence in sentences)
            {
                await Console.Error.WriteLineAsync(sentence);
            }

            return 1;
        }
    }

    private static IReadOnlyList<string> Sentences(Exception exception) => exception switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        AggregateException many when many.InnerExceptions.All(inner => Sentences(inner).Count > 0)
            => [.. many.InnerExceptions.SelectMany(Sentences).Distinct(StringComparer.Ordinal)],
        StartupException failure => [failure.Message],
        InvalidOperationException { InnerException: FormatException or ArgumentException { InnerException: FormatException or OverflowException } } badValue => [badValue.Message],
        IOException cannotListen when cannotListen.Message.StartsWith("Failed to bind", StringComparison.Ordinal)
            => [$"{cannotListen.Message.TrimEnd('.')}. Set ASPNETCORE_URLS to a free address."],
        _ => [],
    };
}
