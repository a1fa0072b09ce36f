using Microsoft.Extensions.Configuration;

// An AppHost for the tests: a service, another one that uses it, and a shell that starts a child of its own.
var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });

if (builder.Configuration["Fixture:Keycloak"] is not null)
{
    builder.AddKeycloak("identity");
}

var secret = builder.AddParameter("fixture-secret", new GenerateParameterDefault { MinLength = 24, Special = false }, secret: true);

var service = builder.AddProject<Projects.FixtureService>("service")
    .WithEnvironment("SECRET", secret)
    .WithEnvironment("OVERRIDDEN", "model")
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.FixtureService>("consumer", options => options.ExcludeLaunchProfile = true)
    .WithHttpEndpoint()
    .WithArgs("one", "two words")
    .WithReference(service)
    .WithHttpHealthCheck("/health")
    .WaitFor(service);

if (builder.Configuration["Fixture:Family"] is { } marker)
{
    builder.AddExecutable("family", "/bin/sh", ".", "-c", $"trap '' TERM; sleep {marker} & sleep {marker} & setsid sleep {marker} & wait");
}

builder.Build().Run();
return 7;
