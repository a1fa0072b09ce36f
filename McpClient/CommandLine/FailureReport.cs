using System.Net.Sockets;
using System.Text.Json.Nodes;
using McpAspire.Client.Sidecar;
using ModelContextProtocol;

namespace McpAspire.Client.CommandLine;

/// <summary>Prints a failure as a sentence on stderr, or as a JSON-RPC-like error on stdout, and gives its exit code.</summary>
internal sealed class FailureReport(bool json)
{
    public int Usage(string message, string? hint = null)
        => Print("usage", (int)McpErrorCode.InvalidParams, hint is null ? message : $"{message} {hint}", ExitCodes.Usage);

    public int Report(Exception exception)
    {
        if (exception.Find<UsageException>() is { } usage)
        {
            return Usage(usage.Message);
        }

        if (exception.Find<SocketException>() is { SocketErrorCode: SocketError.AddressAlreadyInUse })
        {
            return Print("usage", code: null, $"{exception.Message} Choose another port with ASPNETCORE_URLS.", ExitCodes.Usage);
        }

        return CallFailure.Of(exception) is { } failure
            ? Print(
                Kind(failure.Failure),
                (int?)exception.Find<McpProtocolException>()?.ErrorCode,
                failure.Failure == SidecarFailure.SidecarUnreachable
                    ? $"{failure.Message} Start it, or give its address with --sidecar or {SidecarAddress.EndpointVariable}."
                    : failure.Message,
                ExitCode(failure.Failure),
                (failure as InsufficientScopeException)?.RequiredScope)
            : Print("failed", code: null, exception.Message, ExitCodes.ToolError);
    }

    private int Print(string kind, int? code, string message, int exitCode, string? requiredScope = null)
    {
        if (!json)
        {
            Console.Error.WriteLine(TerminalText.Clean(message));
            return exitCode;
        }

        var error = new JsonObject { ["kind"] = kind };
        if (code is not null)
        {
            error["code"] = code;
        }

        error["message"] = message;
        if (requiredScope is not null)
        {
            error["requiredScope"] = requiredScope;
        }

        Console.Out.WriteLine(new JsonObject { ["error"] = error }.ToJsonString(ResultJson.Indented));
        return exitCode;
    }

    private static int ExitCode(SidecarFailure failure) => failure switch
    {
        SidecarFailure.SignInNeeded or SidecarFailure.Refused or SidecarFailure.WrongApiToken or SidecarFailure.InsufficientScope or SidecarFailure.NoToken
            => ExitCodes.NotAuthorised,
        SidecarFailure.SidecarUnreachable or SidecarFailure.ServerUnreachable => ExitCodes.Unreachable,
        _ => ExitCodes.ToolError,
    };

    private static string Kind(SidecarFailure failure) => failure switch
    {
        SidecarFailure.SidecarUnreachable => "sidecar_unreachable",
        SidecarFailure.ServerUnreachable => "server_unreachable",
        SidecarFailure.NoToken => "no_token",
        SidecarFailure.SignInNeeded => "sign_in_needed",
        SidecarFailure.Refused => "refused",
        SidecarFailure.WrongApiToken => "wrong_api_token",
        SidecarFailure.InsufficientScope => "insufficient_scope",
        _ => "unexpected_answer",
    };
}
