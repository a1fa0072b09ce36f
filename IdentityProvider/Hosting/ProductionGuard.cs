namespace McpAspire.IdentityProvider.Hosting;

/// <summary>Keeps a tool for development out of production.</summary>
internal static class ProductionGuard
{
    public static void Check(IHostEnvironment environment, ProviderOptions options)
    {
        if (environment.IsProduction() && !options.AllowProduction)
        {
            throw new StartupException(
                "this provider is for development and tests and does not start in the Production environment: it has no administration, no second factor, no https and no database. "
                + "Use Keycloak with the same realm file, or set ASPNETCORE_ENVIRONMENT=Development. Whoever knows better sets IdentityProvider__AllowProduction=true.");
        }
    }
}
