using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Tests;

public sealed class EnvironmentNameTests
{
    [Theory]
    [InlineData("Keycloak__auth-server-url", "http://localhost:8080/")]
    [InlineData("services__my-api__http__0", "$HOME \"quoted\" 'twice'")]
    [InlineData("PLAIN_NAME", "as it is")]
    public async Task Variable_WhateverItsName_ReachesTheProgram(string name, string value)
    {
        await using var builder = TestApp.Create();
        builder.AddExecutable("one", "env", Path.GetTempPath()).WithEnvironment(name, value).WithEnvironment("second-one", "too");
        await using var app = await builder.StartAsync();

        Assert.EndsWith($"{name}={value}", await app.WaitForLogAsync("one", $"{name}="), StringComparison.Ordinal);
        Assert.EndsWith("second-one=too", await app.WaitForLogAsync("one", "second-one="), StringComparison.Ordinal);
        await app.WaitForAsync("one", KnownResourceStates.Finished);
    }
}
