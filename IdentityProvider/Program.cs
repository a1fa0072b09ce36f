using McpAspire.IdentityProvider.Hosting;

try
{
    await using var app = ProviderApplication.Create(args);
    await app.RunAsync();
    return 0;
}
catch (StartupException e)
{
    await Console.Error.WriteLineAsync($"IdentityProvider: {e.Message}");
    return 1;
}
