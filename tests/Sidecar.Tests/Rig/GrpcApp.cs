using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>An app of <c>--app-protocol grpc</c>: it answers with what it got, and fails as asked.</summary>
internal sealed class GrpcApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcApp(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    public ConcurrentQueue<(InvokeRequest Request, Metadata Metadata)> Calls { get; } = new();

    /// <summary>Done when a call of <c>wait</c> has come.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when a call of <c>wait</c> was given up by its caller.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the calls of <c>wait</c>.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsWell { get; set; } = true;

    /// <summary>What it says of every event.</summary>
    public TopicEventResponse.Types.TopicEventResponseStatus EventStatus { get; set; }

    public ConcurrentQueue<(TopicEventRequest Event, Metadata Metadata)> Events { get; } = new();

    public ConcurrentQueue<TopicEventBulkRequest> Bulks { get; } = new();

    public ConcurrentQueue<BindingEventRequest> Triggers { get; } = new();

    /// <summary>The topics that it wants.</summary>
    public ListTopicSubscriptionsResponse Wanted { get; } = new();

    /// <summary>The input bindings that it wants.</summary>
    public ListInputBindingsResponse WantedBindings { get; } = new();

    public static async Task<GrpcApp> StartAsync(CancellationToken cancellationToken)
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddRouting();
        builder.Services.AddSingleton<Callback>();
        builder.Services.AddSingleton<Health>();
        GrpcApp? made = null;
        builder.Services.AddSingleton(_ => made!);
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<Callback>();
        app.MapGrpcService<Health>();
        made = new GrpcApp(app, port);
        await app.StartAsync(cancellationToken);
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        Release.TrySetResult();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private sealed class Callback(GrpcApp app) : AppCallback.AppCallbackBase
    {
        public override async Task<InvokeResponse> OnInvoke(InvokeRequest request, ServerCallContext context)
        {
            app.Calls.Enqueue((request, context.RequestHeaders));
            switch (request.Method.Split('/'))
            {
                case ["fail", var code]:
                    throw new RpcException(new global::Grpc.Core.Status(System.Enum.Parse<StatusCode>(code), $"no: 100 % {code}"), new Metadata { { "x-why", "because" } });
                case ["wait"]:
                    app.Waiting.TrySetResult();
                    context.CancellationToken.Register(() => app.Cancelled.TrySetResult());
                    await app.Release.Task.WaitAsync(context.CancellationToken);
                    break;
                case ["big", var size]:
                    return new InvokeResponse { Data = new Any { Value = ByteString.CopyFrom(new byte[int.Parse(size, System.Globalization.CultureInfo.InvariantCulture)]) } };
                default:
                    break;
            }

            await context.WriteResponseHeadersAsync(new Metadata { { "x-app", "yes" } });
            var data = request.Data ?? new Any();
            return new InvokeResponse { Data = new Any { Value = data.Value, TypeUrl = data.TypeUrl }, ContentType = request.ContentType };
        }

        public override Task<ListTopicSubscriptionsResponse> ListTopicSubscriptions(Empty request, ServerCallContext context) => Task.FromResult(app.Wanted);

        public override Task<ListInputBindingsResponse> ListInputBindings(Empty request, ServerCallContext context) => Task.FromResult(app.WantedBindings);

        public override Task<TopicEventResponse> OnTopicEvent(TopicEventRequest request, ServerCallContext context)
        {
            app.Events.Enqueue((request, context.RequestHeaders));
            return Task.FromResult(new TopicEventResponse { Status = app.EventStatus });
        }

        public override Task<TopicEventBulkResponse> OnBulkTopicEvent(TopicEventBulkRequest request, ServerCallContext context)
        {
            app.Bulks.Enqueue(request);
            return Task.FromResult(new TopicEventBulkResponse { Statuses = { request.Entries.Select(entry => new TopicEventBulkResponseEntry { EntryId = entry.EntryId, Status = app.EventStatus }) } });
        }

        public override Task<BindingEventResponse> OnBindingEvent(BindingEventRequest request, ServerCallContext context)
        {
            app.Triggers.Enqueue(request);
            return Task.FromResult(new BindingEventResponse());
        }
    }

    private sealed class Health(GrpcApp app) : AppCallbackHealthCheck.AppCallbackHealthCheckBase
    {
        public override Task<HealthCheckResponse> HealthCheck(Empty request, ServerCallContext context)
            => app.IsWell ? Task.FromResult(new HealthCheckResponse()) : throw new RpcException(new global::Grpc.Core.Status(StatusCode.Unavailable, "not well"));
    }
}
