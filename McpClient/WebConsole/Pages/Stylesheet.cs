using System.Security.Cryptography;

namespace McpAspire.Client.WebConsole.Pages;

/// <summary>The console's only static file, inside the assembly: it is there wherever the program is started.</summary>
internal static class Stylesheet
{
    private static readonly byte[] Bytes = Read();

    /// <summary>Changes with the content, so that a browser may keep it for ever.</summary>
    public static string Path { get; } = $"/console-{Convert.ToHexStringLower(SHA256.HashData(Bytes))[..12]}.css";

    public static void MapStylesheet(this WebApplication app)
        => app.MapGet(Path, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return TypedResults.Bytes(Bytes, "text/css; charset=utf-8");
        });

    private static byte[] Read()
    {
        using var stream = typeof(Stylesheet).Assembly.GetManifestResourceStream("console.css")
            ?? throw new InvalidOperationException("console.css is not embedded.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
