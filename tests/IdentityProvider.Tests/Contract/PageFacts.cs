using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>What a page says, in the form of the recordings: title, errors, alert, text, forms.</summary>
internal static partial class PageFacts
{
    private static readonly string[] Attributes = ["type", "name", "id", "value", "autocomplete", "aria-invalid", "tabindex"];

    public static JsonObject Read(string html)
    {
        var document = new HtmlParser().ParseDocument(html);
        var facts = new JsonObject { ["title"] = document.Title is { Length: > 0 } title ? title : null };
        var errors = document.QuerySelectorAll("[id^=input-error-container], #kc-error-message");
        if (errors.Length > 0)
        {
            facts["errors"] = new JsonArray([.. errors.Select(error => (JsonNode)new JsonObject { ["id"] = error.Id, ["text"] = Text(error) })]);
        }

        if (document.QuerySelector(".alert:not(#kc-error-message), .error:not(#kc-error-message), [class*=pf-v5-c-alert__title]") is { } alert)
        {
            facts["alert"] = Text(alert);
        }

        facts["text"] = Text(document.Body!);
        if (document.QuerySelectorAll("form") is { Length: > 0 } forms)
        {
            facts["forms"] = new JsonArray([.. forms.Select(form => (JsonNode)ReadForm(form))]);
        }

        return facts;
    }

    /// <summary>The recorded facts without what is left out on purpose, and in one case.</summary>
    public static JsonObject Normalize(JsonObject recorded)
    {
        foreach (var form in recorded["forms"]?.AsArray() ?? [])
        {
            var fields = form!["fields"]!.AsArray();
            foreach (var field in fields.Select(field => field!.AsObject()).ToList())
            {
                if (IntendedDifferences.IsScriptButton(field))
                {
                    fields.Remove(field);
                }
                else if (field["type"] is { } type)
                {
                    field["type"] = ((string)type!).ToLowerInvariant();
                }
            }
        }

        return recorded;
    }

    /// <summary>Address and hidden fields of the page's form.</summary>
    public static (string Action, Dictionary<string, string> Hidden)? Form(string html)
    {
        var document = new HtmlParser().ParseDocument(html);
        return document.QuerySelector("form") is not { } form ? null : (
            form.GetAttribute("action")!,
            form.QuerySelectorAll("input[type=hidden i]").ToDictionary(field => field.GetAttribute("name")!, field => field.GetAttribute("value") ?? ""));
    }

    private static JsonObject ReadForm(IElement form)
    {
        var facts = new JsonObject();
        if (form.Id is { Length: > 0 } id)
        {
            facts["id"] = id;
        }

        facts["method"] = form.GetAttribute("method");
        facts["action"] = form.GetAttribute("action");
        facts["fields"] = new JsonArray([.. form.QuerySelectorAll("input, button, select").Select(field => (JsonNode)ReadField(field))]);
        return facts;
    }

    private static JsonObject ReadField(IElement field)
    {
        var facts = new JsonObject { ["tag"] = field.LocalName };
        foreach (var name in Attributes)
        {
            if (field.GetAttribute(name) is { } value && (name != "value" || field.LocalName == "input"))
            {
                facts[name] = name == "type" ? value.ToLowerInvariant() : value;
            }
        }

        return facts;
    }

    private static string Text(IElement element)
    {
        var parts = element.Descendants<IText>()
            .Where(text => text.ParentElement?.LocalName is not ("script" or "style" or "output"))
            .Select(text => text.Data);
        return Spaces().Replace(string.Join(' ', parts), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
