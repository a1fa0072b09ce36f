using McpAspire.IdentityProvider.Hosting;

try
{
    var builder = WebApplication.CreateSlimBuilder(args);
    builder.AddServiceDefaults();
    builder.AddIdentityProvider();

    var app = builder.Build();
    app.UseManagementEndpoints();
    app.UseKeycloakHeaders();
    app.UseErrorAnswers();
    app.UseRealms();
    app.MapRealmEndpoints();
    await app.RunAsync();
    return 0;
}
catch (StartupException e)
{
    await Console.Error.WriteLineAsync($"IdentityProvider: {e.Message}");
    return 1;
}
