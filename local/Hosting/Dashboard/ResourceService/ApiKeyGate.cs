using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>Lets a call in when it carries the key. It stands before routing, so an unknown method is refused too.</summary>
internal sealed class ApiKeyGate(string apiKey)
{
    public const string HeaderName = "x-resource-service-api-key";

    private readonly byte[] _expected = Digest(apiKey);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (IsAllowed(context.Request))
        {
            return next(context);
        }

        // How gRPC refuses a call: the status in the headers, and no message.
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = ((int)StatusCode.Unauthenticated).ToString();
        context.Response.Headers["grpc-message"] = $"{HeaderName} is missing or wrong";
        return Task.CompletedTask;
    }

    // Digests have one length, so the comparison takes the same time for every guess.
    private bool IsAllowed(HttpRequest request)
        => request.Headers[HeaderName] is [{ } given]
           && CryptographicOperations.FixedTimeEquals(Digest(given), _expected);

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
