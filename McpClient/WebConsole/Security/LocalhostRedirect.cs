using System.Net;
using McpAspire.ServiceDefaults;

namespace McpAspire.Client.WebConsole.Security;

/// <summary>Browsers see localhost only: the provider sends them back there, and cookies of 127.0.0.1 would be missing.</summary>
internal static class LocalhostRedirect
{
    public static void UseLocalhostRedirect(this WebApplication app)
        => app.Use((context, next) =>
        {
            var request = context.Request;
            if (!IsLoopbackAddress(request.Host.Host)
                || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
                || request.Path.StartsWithSegments(HealthExtensions.ReadyPath)
                || request.Path.StartsWithSegments(HealthExtensions.LivePath))
            {
                return next(context);
            }

            var host = request.Host.Port is { } port ? new HostString("localhost", port) : new HostString("localhost");
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = $"{request.Scheme}://{host.ToUriComponent()}{request.PathBase}{request.Path}{request.QueryString}";
            return Task.CompletedTask;
        });

    private static bool IsLoopbackAddress(string host)
        => IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
}
