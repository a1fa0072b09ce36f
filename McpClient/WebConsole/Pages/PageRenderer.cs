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

    /// <summary>A failure that may be over when the person tries again.</summary>
    public IResult Problem(int status, string heading, string sentence, string returnPath, string link = "Try again")
        => Problem(status, heading, sentence, returnPath, link, offerSignIn: false);

    /// <summary>A failure that a new sign-in may end.</summary>
    public IResult SignInProblem(int status, string heading, string sentence, string returnPath)
        => Problem(status, heading, sentence, returnPath, link: null, offerSignIn: true);

    public IResult Crash()
        => Problem(500, "Something went wrong", "The console could not build this page. The fault is ours; it was logged.", "/");

    private RazorComponentResult<Problem> Problem(int status, string heading, string sentence, string returnPath, string? link, bool offerSignIn)
        => Page<Problem>(status, new()
        {
            ["Heading"] = heading,
            ["Sentence"] = sentence,
            ["ReturnPath"] = returnPath,
            ["Link"] = link,
            ["OfferSignIn"] = offerSignIn,
            ["TraceId"] = status >= 500 ? Activity.Current?.TraceId.ToHexString() : null,
        });

    private RazorComponentResult<TPage> Page<TPage>(int status, Dictionary<string, object?> parameters)
        where TPage : IComponent
    {
        var tokens = antiforgery.GetAndStoreTokens(http.HttpContext!);
        parameters["Form"] = new FormToken(tokens.FormFieldName, tokens.RequestToken ?? "");
        return new RazorComponentResult<TPage>(parameters) { StatusCode = status, ContentType = "text/html; charset=utf-8" };
    }
}
