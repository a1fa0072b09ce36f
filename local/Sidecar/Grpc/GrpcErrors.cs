using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Grpc.Protocol;
using Microsoft.AspNetCore.WebUtilities;
using RpcStatus = McpAspire.Sidecar.Grpc.Protocol.Status;
using Status = Grpc.Core.Status;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Errors as Dapr's gRPC API states them.</summary>
internal static class GrpcErrors
{
    public const string DetailsTrailer = "grpc-status-details-bin";

    private const int MaxDetail = 63; // of a value in google.rpc.ErrorInfo

    /// <summary>An HTTP answer that is not a good one: of the app, of a handler of httpPipeline, of a gate.</summary>
    public static RpcException OfHttp(int status, string detail)
    {
        var (code, reason) = (GrpcStatusMap.FromHttp(status), ReasonPhrases.GetReasonPhrase(status));
        var error = new ErrorInfo { Reason = reason, Domain = "dapr.io" };
        error.Metadata["http.code"] = status.ToString(CultureInfo.InvariantCulture);
        error.Metadata["http.error_message"] = detail.Length > MaxDetail ? detail[..MaxDetail] : detail;
        var details = new RpcStatus { Code = (int)code, Message = reason, Details = { Any.Pack(error) } };
        return new RpcException(new Status(code, reason), new Metadata { { DetailsTrailer, details.ToByteArray() } });
    }

    /// <summary>An error of this sidecar's own API.</summary>
    public static RpcException OfApi(AnsweredError error, int status)
        => error.Failure is { } failure ? OfFailure(failure) : new(new Status(GrpcStatusMap.FromApi(error.Code, status), error.Message));

    /// <summary>With the details that Dapr's newer errors have.</summary>
    public static RpcException OfFailure(ApiFailure failure)
    {
        var info = new ErrorInfo { Reason = failure.Reason, Domain = failure.Domain };
        foreach (var (name, value) in failure.Metadata ?? new Dictionary<string, string>())
        {
            info.Metadata[name] = value;
        }

        var details = new RpcStatus { Code = failure.GrpcStatus, Message = failure.Message, Details = { Any.Pack(info) } };
        if (failure.Resource is { } resource)
        {
            details.Details.Add(Any.Pack(new ResourceInfo { ResourceType = resource.Type, ResourceName = resource.Name, Description = failure.ResourceDescription }));
        }

        if (failure.Violation is { } violation)
        {
            details.Details.Add(Any.Pack(new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description } } }));
        }

        if (failure.Help is { } help)
        {
            details.Details.Add(Any.Pack(new Help { Links = { new Help.Types.Link { Url = help.Url, Description = help.Description } } }));
        }

        return new RpcException(new Status((StatusCode)failure.GrpcStatus, failure.Message), new Metadata { { DetailsTrailer, details.ToByteArray() } });
    }

    /// <summary>Ends a call for which no method runs.</summary>
    public static Task AnswerAsync(HttpContext http, RpcException error)
    {
        var headers = http.Response.Headers;
        http.Response.ContentType = "application/grpc";
        headers["grpc-status"] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        headers["grpc-message"] = Encode(error.Status.Detail);
        foreach (var entry in error.Trailers.Where(entry => entry.IsBinary))
        {
            headers[entry.Key] = Convert.ToBase64String(entry.ValueBytes);
        }

        return Task.CompletedTask;
    }

    /// <summary>As a <c>grpc-message</c> is written: printable ASCII, the rest of its UTF-8 percent-encoded.</summary>
    public static string Encode(string message)
    {
        var builder = new StringBuilder(message.Length);
        foreach (var value in Encoding.UTF8.GetBytes(message))
        {
            if (value is >= 0x20 and <= 0x7E and not (byte)'%')
            {
                builder.Append((char)value);
            }
            else
            {
                builder.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return builder.ToString();
    }
}
