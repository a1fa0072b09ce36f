using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace McpAspire.McpServer.Audit;

/// <summary>Writes the page; links are relative, since a sidecar serves it under another path.</summary>
internal static class AuditHtml
{
    private const string Style = """

        :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
        body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
        .table { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        caption { text-align: start; padding-block: .5rem; }
        th, td { text-align: start; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8886; vertical-align: top; }
        td.refused { font-weight: 600; }
        code { font-size: .85em; overflow-wrap: anywhere; }
        nav a { margin-inline-end: 1rem; }

        """;

    /// <summary>The only style that the page's policy allows.</summary>
    public static string StyleHash { get; } = "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    public static string Message(string title, string text) => Document(title, $"<p>{Encode(text)}</p>");

    public static string Table(AuditPage page, string tenant, string reader)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<p>Signed in as {Encode(reader)}.</p>");
        html.Append(Navigation(page));
        if (page.Entries.Count == 0)
        {
            html.Append("<p>No calls on this page.</p>");
        }
        else
        {
            AppendTable(html, page, tenant);
        }

        return Document($"Audit trail of {tenant}", html.ToString());
    }

    private static void AppendTable(StringBuilder html, AuditPage page, string tenant)
    {
        html.Append(CultureInfo.InvariantCulture, $"""<div class="table" role="region" aria-labelledby="calls" tabindex="0"><table><caption id="calls">Tool calls in {Encode(tenant)}, the latest first (page {page.Number})</caption>""");
        html.Append("<thead><tr>");
        foreach (var heading in (string[])["Time (UTC)", "Who", "Client", "Tool", "Decision", "Needed scope", "Outcome", "Trace"])
        {
            html.Append(CultureInfo.InvariantCulture, $"""<th scope="col">{heading}</th>""");
        }

        html.Append("</tr></thead><tbody>");
        foreach (var entry in page.Entries)
        {
            AppendRow(html, entry);
        }

        html.Append("</tbody></table></div>");
    }

    private static void AppendRow(StringBuilder html, AuditEntry entry)
    {
        var decision = entry.Allowed ? "allowed" : $"refused: {entry.Reason}";
        var outcome = entry.Milliseconds is { } duration ? string.Create(CultureInfo.InvariantCulture, $"{entry.Outcome}, {duration:0} ms") : entry.Outcome;
        html.Append(CultureInfo.InvariantCulture, $"""
            <tr>
            <td><time datetime="{entry.Time:O}">{entry.Time:yyyy-MM-dd HH:mm:ss}</time></td>
            <td>{Encode(entry.UserName ?? entry.Subject)}</td>
            <td>{Encode(entry.Client)}</td>
            <td>{Encode(entry.Tool)}</td>
            <td class="{(entry.Allowed ? "allowed" : "refused")}">{Encode(decision)}</td>
            <td>{Encode(entry.RequiredScopes)}</td>
            <td>{Encode(outcome)}</td>
            <td><code>{Encode(entry.TraceId)}</code></td>
            </tr>
            """);
    }

    private static string Navigation(AuditPage page)
    {
        var filter = page.RefusedOnly ? "&amp;refused=true" : "";
        var links = new List<string>
        {
            page.RefusedOnly ? """<a href="?refused=false">All calls</a>""" : """<a href="?refused=true">Refused calls only</a>""",
        };
        if (page.Number > 1)
        {
            links.Add($"""<a rel="prev" href="?page={page.Number - 1}{filter}">Later calls</a>""");
        }

        if (page.HasMore)
        {
            links.Add($"""<a rel="next" href="?page={page.Number + 1}{filter}">Earlier calls</a>""");
        }

        return $"""<nav aria-label="Audit trail">{string.Concat(links)}</nav>""";
    }

    private static string Document(string title, string body) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Encode(title)}</title>
        <style>{Style}</style>
        </head>
        <body>
        <main>
        <h1>{Encode(title)}</h1>
        {body}
        </main>
        </body>
        </html>
        """;

    private static string Encode(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}
