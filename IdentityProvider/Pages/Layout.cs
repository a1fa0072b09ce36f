using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;

namespace McpAspire.IdentityProvider.Pages;

/// <summary>The frame of every page: no script, no image, one style sheet allowed by its hash.</summary>
internal static class Layout
{
    private const string Style = """
        :root{color-scheme:light dark;--page:#f2f4f8;--card:#fff;--text:#1b2330;--soft:#56617a;--line:#c3cad8;--field:#78839a;--accent:#2456c9;--on-accent:#fff;--bad:#b3261e;--bad-soft:#fdecea;--info-soft:#e8effd}
        @media (prefers-color-scheme:dark){:root{--page:#11151d;--card:#1b212d;--text:#eef1f7;--soft:#a9b4ca;--line:#46516a;--field:#7b88a6;--accent:#8fb0ff;--on-accent:#0d1526;--bad:#ffb4ab;--bad-soft:#3b1f1e;--info-soft:#1f2b47}}
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
        main{width:100%;max-width:26rem;background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:2rem;box-shadow:0 12px 40px rgb(20 30 60/.08)}
        .realm{margin:0 0 .25rem;font-size:.95rem;font-weight:600;letter-spacing:.02em;color:var(--accent)}
        h1{margin:0 0 1.5rem;font-size:1.5rem;line-height:1.25;font-weight:650}
        label{display:block;margin:1rem 0 .35rem;font-weight:600}
        input[type=text],input[type=password]{width:100%;padding:.7rem .8rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--field);border-radius:.6rem}
        input[aria-invalid=true]{border-color:var(--bad)}
        button,input[type=submit],.button{width:100%;margin-top:1.5rem;padding:.75rem 1rem;font:inherit;font-weight:600;color:var(--on-accent);background:var(--accent);border:1px solid var(--accent);border-radius:.6rem;cursor:pointer}
        button.quiet{margin-top:.75rem;color:var(--accent);background:transparent}
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        .error{display:block;margin-top:.4rem;color:var(--bad);font-weight:600}
        .alert{margin:0 0 1rem;padding:.7rem .9rem;border-radius:.6rem;background:var(--info-soft)}
        .alert.error{background:var(--bad-soft)}
        .who{margin:0 0 1rem;font-weight:600;overflow-wrap:anywhere}
        ul{margin:0;padding:0 0 0 1.2rem}
        li{margin:.35rem 0}
        p{margin:0 0 .75rem;overflow-wrap:anywhere}
        .soft{color:var(--soft)}
        a{color:var(--accent)}
        @media (max-width:30rem){body{padding:0;place-items:start stretch}main{max-width:none;min-height:100vh;border:0;border-radius:0;box-shadow:none}}
        """;

    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    /// <summary>Stricter than Keycloak's: these pages load nothing, so nothing is allowed.</summary>
    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; style-src 'sha256-{StyleHash}'; base-uri 'none'; frame-src 'self'; frame-ancestors 'none'; object-src 'none';";

    public static string Encode(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    /// <summary>Writes a page; <paramref name="body"/> is HTML whose variable parts are encoded already.</summary>
    public static Task WriteAsync(HttpContext context, RealmRuntime realm, string title, string heading, string body, int status = 200, string? cache = null)
    {
        var html = $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex, nofollow">
            <title>{Encode(title)}</title>
            <style>{Style}</style>
            </head>
            <body>
            <main>
            <p class="realm" id="kc-header-wrapper">{Encode(realm.Settings.DisplayName)}</p>
            <h1 id="kc-page-title">{heading}</h1>
            {body}
            </main>
            </body>
            </html>
            """;
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        context.Response.Headers.ContentLanguage = "en";
        return context.Bytes(status, Encoding.UTF8.GetBytes(html), cache, "text/html;charset=utf-8");
    }

    public static string SignInTitle(RealmRuntime realm) => $"Sign in to {realm.Settings.DisplayName}";
}
