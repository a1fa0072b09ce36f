using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace McpAspire.McpServer.Configuration;

/// <summary>Binds the sections of this service and validates them before anything uses them.</summary>
internal static class Settings
{
    /// <summary>The settings file stands beside the program, whatever folder it is started in.</summary>
    public static WebApplicationOptions From(string[] args) => new() { Args = args, ContentRootPath = AppContext.BaseDirectory };

    public static WebApplicationBuilder AddSettings(this WebApplicationBuilder builder)
    {
        builder.AddValidated<KeycloakSettings, KeycloakSettingsValidator>(KeycloakSettings.Section);
        builder.AddValidated<McpServerSettings, McpServerSettingsValidator>(McpServerSettings.Section);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));

        // ASP.NET Core would write keys into the home folder; nothing here is protected by them.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        return builder;
    }

    /// <summary>Says all mistakes at once, before the first one is hit.</summary>
    public static void ValidateSettings(this WebApplication app)
        => app.Services.GetService<IStartupValidator>()?.Validate();

    private static void AddValidated<TSettings, TValidator>(this WebApplicationBuilder builder, string section)
        where TSettings : class
        where TValidator : class, IValidateOptions<TSettings>
    {
        builder.Services.AddSingleton<IValidateOptions<TSettings>, TValidator>();
        builder.Services.AddOptions<TSettings>().BindConfiguration(section).ValidateOnStart();
    }
}
