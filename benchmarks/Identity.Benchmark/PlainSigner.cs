using System.Security.Cryptography;

namespace McpAspire.Benchmarks.Identity;

/// <summary>The least a token costs: an ASP.NET Core endpoint that signs one token's worth of bytes with RS256.</summary>
internal static class PlainSigner
{
    public const string Argument = "--plain";

    private const int TokenBytes = 900;

    [ThreadStatic]
    private static RSA? _rsa;

    public static async Task RunAsync(int port)
    {
        var parameters = RSA.Create(2048).ExportParameters(includePrivateParameters: true);
        var payload = RandomNumberGenerator.GetBytes(TokenBytes);
        var builder = WebApplication.CreateSlimBuilder(["--Logging:LogLevel:Default=Warning"]);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.Run(context =>
        {
            _rsa ??= RSA.Create(parameters);
            var signature = _rsa.SignData(payload, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return context.Response.WriteAsync(Convert.ToBase64String(payload) + Convert.ToBase64String(signature));
        });
        await app.RunAsync();
    }
}
