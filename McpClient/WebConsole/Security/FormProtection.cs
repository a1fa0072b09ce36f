using McpAspire.Client.WebConsole.Pages;
using Microsoft.AspNetCore.Antiforgery;

namespace McpAspire.Client.WebConsole.Security;

/// <summary>A form must come from a page of this console, in the same browser.</summary>
internal sealed class FormProtection(IAntiforgery antiforgery, PageRenderer pages) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (await antiforgery.IsRequestValidAsync(context.HttpContext))
        {
            return await next(context);
        }

        return pages.Problem(400, "This page is out of date", "It was opened before the console was restarted, or in another browser.", "/", "Open the console again");
    }
}
