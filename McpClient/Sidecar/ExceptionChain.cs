namespace McpAspire.Client.Sidecar;

/// <summary>The MCP SDK may wrap what the transport threw.</summary>
internal static class ExceptionChain
{
    /// <summary>The first exception of this type in the chain, if any.</summary>
    public static T? Find<T>(this Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
