namespace Aspire.Hosting.Engine;

/// <summary>Ends an AppHost that is wrongly configured with the sentence that says so, in place of a stack trace.</summary>
internal static class ConfigurationErrors
{
    private static int s_installed;

    public static void EndProcessWithSentence()
    {
        if (Interlocked.Exchange(ref s_installed, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += (_, e) =>
            {
                if (Find(e.ExceptionObject as Exception) is { } error)
                {
                    Console.Error.WriteLine(error.Message);
                    Environment.Exit(1);
                }
            };
        }
    }

    private static DistributedApplicationException? Find(Exception? exception) => exception switch
    {
        DistributedApplicationException found => found,
        AggregateException { InnerExceptions: [var single] } => Find(single),
        _ => null,
    };
}
