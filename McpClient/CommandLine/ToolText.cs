using System.Text;
using ModelContextProtocol.Protocol;

namespace McpAspire.Client.CommandLine;

/// <summary>Tools for a terminal.</summary>
internal static class ToolText
{
    public static string List(IEnumerable<Tool> tools)
    {
        var text = new StringBuilder();
        foreach (var tool in tools.OrderBy(tool => tool.Name, StringComparer.Ordinal))
        {
            text.AppendLine(tool.Name);
            if (!string.IsNullOrWhiteSpace(tool.Description))
            {
                text.Append("  ").AppendLine(tool.Description.ReplaceLineEndings(" ").Trim());
            }

            foreach (var parameter in ToolParameter.Of(tool))
            {
                text.Append("  --arg ").AppendLine(Describe(parameter));
            }

            text.AppendLine();
        }

        return text.Length == 0 ? "The server offers no tool to this identity." : TerminalText.Clean(text.ToString()).TrimEnd();
    }

    private static string Describe(ToolParameter parameter)
    {
        var allowed = parameter.Allowed.Count > 0 ? string.Join("|", parameter.Allowed) : parameter.TypeName;
        var need = parameter.Required ? "required" : "optional";
        var description = string.IsNullOrWhiteSpace(parameter.Description) ? "" : $"  {parameter.Description.ReplaceLineEndings(" ").Trim()}";
        return $"{parameter.Name}=<{allowed}>  ({need}){description}";
    }
}
