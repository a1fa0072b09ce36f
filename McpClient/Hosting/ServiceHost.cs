namespace McpAspire.Client.Hosting;

/// <summary>The web host under the agent and the console.</summary>
internal static class ServiceHost
{
    /// <summary>A builder with the service defaults; <paramref name="settings"/> win over the environment.</summary>
    public static WebApplicationBuilder CreateBuilder(string defaultUrl, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(ServiceHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            Args = ["--hostBuilder:reloadConfigOnChange=false"], // settings are read once; no file watcher
        });

        // Loopback names only, unless the deployment says otherwise: a page of another site must not reach
        // this process under its own name (DNS rebinding).
        // Every failed call, and a start that fails, is said in a sentence by whoever asked: the log would add a stack trace to each.
        builder.Configuration.Sources.Insert(0, Defaults(
            ("urls", defaultUrl),
            ("AllowedHosts", "localhost;127.0.0.1;[::1]"),
            ("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
            ("Logging:LogLevel:ModelContextProtocol", "Critical"),
            ("Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host", "Critical")));

        // The request log of ASP.NET Core writes whole URLs, and the login's callback carries a code: no setting turns it on.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddServiceDefaults();
        return builder;
    }

    private static Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource Defaults(params (string Key, string Value)[] values)
        => new() { InitialData = values.Select(value => KeyValuePair.Create(value.Key, (string?)value.Value)) };
}
