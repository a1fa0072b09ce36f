using System.Diagnostics;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpAspire.Client.WebConsole.Pages;

/// <summary>Renders the console's pages on the server; there is no script.</summary>
internal sealed class PageRenderer(IHttpContextAccessor http, IAntiforgery antiforgery)
{
    public IResult SignedOut(string returnPath, string? notice = null)
        => Page<SignedOut>(200, new() { ["ReturnPath"] = returnPath, ["Notice"] = notice });

    public IResult Tickets(TicketListModel model)
        => Page<TicketList>(200, new() { ["Model"] = model });

    public IResult Problem(int status, string heading, string sentence, string returnPath)
        => Page<Problem>(status, new()
        {
            ["Heading"] = heading,
            ["Sentence"] = sentence,
            ["ReturnPath"] = returnPath,
            ["TraceId"] = status >= 500 ? Activity.Current?.TraceId.ToHexString() : null,
        });

    public IResult Crash()
        => Problem(500, "Something went wrong", "The console could not build this page. The fault is ours; it was logged.", "/");

    private RazorComponentResult<TPage> Page<TPage>(int status, Dictionary<string, object?> parameters)
        where TPage : IComponent
    {
        var tokens = antiforgery.GetAndStoreTokens(http.HttpContext!);
        parameters["Form"] = new FormToken(tokens.FormFieldName, tokens.RequestToken ?? "");
        return new RazorComponentResult<TPage>(parameters) { StatusCode = status, ContentType = "text/html; charset=utf-8" };
    }
}
