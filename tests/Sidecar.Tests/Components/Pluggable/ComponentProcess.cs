using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using McpAspire.Sidecar.Components.Pluggable.Protocol;
using McpAspire.Sidecar.Components.Pluggable.Reflection.V1Alpha;
using McpAspire.Sidecar.Tests.Rig;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.Sidecar.Tests.Components.Pluggable;

/// <summary>A process of components of all kinds, behind a socket of its own: what it was sent is kept, and it answers as told.</summary>
internal sealed class ComponentProcess : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ComponentProcess(WebApplication app) => _app = app;

    /// <summary>Of every Init: the instance and its properties.</summary>
    public ConcurrentQueue<(string Instance, IDictionary<string, string> Properties)> Inits { get; } = new();

    public ConcurrentDictionary<string, ByteString> Values { get; } = new();

    public ConcurrentQueue<PublishRequest> Published { get; } = new();

    public Channel<PullMessagesResponse> Messages { get; } = Channel.CreateUnbounded<PullMessagesResponse>();

    public Channel<PullMessagesRequest> Acks { get; } = Channel.CreateUnbounded<PullMessagesRequest>();

    public Channel<ReadResponse> Events { get; } = Channel.CreateUnbounded<ReadResponse>();

    public Channel<ReadRequest> Replies { get; } = Channel.CreateUnbounded<ReadRequest>();

    public string[] Features { get; set; } = ["ETAG", "TRANSACTIONAL"];

    /// <summary>What state, publishing, operations and secrets fail with; null: they do not.</summary>
    public RpcException? Failure { get; set; }

    /// <summary>How often they failed.</summary>
    public int Failures { get; private set; }

    /// <summary>After so many failures all is well.</summary>
    public int MostFailures { get; set; } = int.MaxValue;

    /// <summary>Until then Init does not answer.</summary>
    public Task Initialized { get; set; } = Task.CompletedTask;

    public int Pauses { get; private set; }

    public static async Task<ComponentProcess> StartAsync(TemporaryFolder folder, string name, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder.PathOf("sockets"));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(folder.PathOf($"sockets/{name}.sock"), listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddRouting();
        ComponentProcess? made = null;
        builder.Services.AddSingleton(_ => made!);
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<Reflection>();
        app.MapGrpcService<Store>();
        app.MapGrpcService<Transactions>();
        app.MapGrpcService<Broker>();
        app.MapGrpcService<Input>();
        app.MapGrpcService<Output>();
        app.MapGrpcService<Secrets>();
        made = new ComponentProcess(app);
        await app.StartAsync(cancellationToken);
        return made;
    }

    public static IReadOnlyDictionary<string, string> Environment(TemporaryFolder folder) => new Dictionary<string, string> { ["DAPR_COMPONENTS_SOCKETS_FOLDER"] = folder.PathOf("sockets") };

    public static string Component(string name, string type, string metadata = "", string more = "")
        => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n{more}  metadata: [{metadata}]\n---\n";

    public async ValueTask DisposeAsync()
    {
        Messages.Writer.TryComplete();
        Events.Writer.TryComplete();
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private async Task InitAsync(MetadataRequest metadata, ServerCallContext context)
    {
        Inits.Enqueue((context.RequestHeaders.GetValue("x-component-instance") ?? string.Empty, metadata.Properties));
        await Initialized.WaitAsync(context.CancellationToken);
        if (metadata.Properties.ContainsKey("refuse"))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "no such server"));
        }
    }

    private void Fail()
    {
        if (Failure is { } failure && Failures < MostFailures)
        {
            Failures++;
            throw failure;
        }
    }

    private sealed class Reflection : ServerReflection.ServerReflectionBase
    {
        public override async Task ServerReflectionInfo(IAsyncStreamReader<ServerReflectionRequest> requestStream, IServerStreamWriter<ServerReflectionResponse> responseStream, ServerCallContext context)
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                var list = new ListServiceResponse();
                list.Service.AddRange(new[] { "StateStore", "TransactionalStateStore", "PubSub", "InputBinding", "OutputBinding", "SecretStore" }.Select(name => new ServiceResponse { Name = $"dapr.proto.components.v1.{name}" }));
                await responseStream.WriteAsync(new ServerReflectionResponse { ListServicesResponse = list });
            }
        }
    }

    private sealed class Store(ComponentProcess process) : StateStore.StateStoreBase
    {
        public override async Task<InitResponse> Init(InitRequest request, ServerCallContext context)
        {
            await process.InitAsync(request.Metadata, context);
            return new InitResponse();
        }

        public override Task<FeaturesResponse> Features(FeaturesRequest request, ServerCallContext context) => Task.FromResult(new FeaturesResponse { Features = { process.Features } });

        public override Task<GetResponse> Get(GetRequest request, ServerCallContext context)
        {
            process.Fail();
            return Task.FromResult(process.Values.TryGetValue(request.Key, out var value) ? new GetResponse { Data = value, Etag = new Etag { Value = "1" }, Metadata = { request.Metadata } } : new GetResponse());
        }

        public override Task<SetResponse> Set(SetRequest request, ServerCallContext context)
        {
            process.Fail();
            process.Values[request.Key] = request.Value;
            return Task.FromResult(new SetResponse());
        }

        public override Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context)
        {
            process.Fail();
            process.Values.TryRemove(request.Key, out _);
            return Task.FromResult(new DeleteResponse());
        }

        public override Task<BulkSetResponse> BulkSet(BulkSetRequest request, ServerCallContext context)
        {
            process.Fail();
            foreach (var item in request.Items)
            {
                process.Values[item.Key] = item.Value;
            }

            return Task.FromResult(new BulkSetResponse());
        }

        public override Task<BulkGetResponse> BulkGet(BulkGetRequest request, ServerCallContext context)
        {
            process.Fail();
            return Task.FromResult(new BulkGetResponse { Items = { request.Items.Reverse().Where(item => process.Values.ContainsKey(item.Key)).Select(item => new BulkStateItem { Key = item.Key, Data = process.Values[item.Key] }) } });
        }
    }

    private sealed class Transactions(ComponentProcess process) : TransactionalStateStore.TransactionalStateStoreBase
    {
        public override Task<TransactionalStateResponse> Transact(TransactionalStateRequest request, ServerCallContext context)
        {
            process.Fail();
            foreach (var operation in request.Operations)
            {
                if (operation.Set is { } set)
                {
                    process.Values[set.Key] = set.Value;
                }
                else
                {
                    process.Values.TryRemove(operation.Delete.Key, out _);
                }
            }

            return Task.FromResult(new TransactionalStateResponse());
        }
    }

    private sealed class Broker(ComponentProcess process) : McpAspire.Sidecar.Components.Pluggable.Protocol.PubSub.PubSubBase
    {
        public override async Task<PubSubInitResponse> Init(PubSubInitRequest request, ServerCallContext context)
        {
            await process.InitAsync(request.Metadata, context);
            return new PubSubInitResponse();
        }

        public override Task<FeaturesResponse> Features(FeaturesRequest request, ServerCallContext context) => Task.FromResult(new FeaturesResponse { Features = { process.Features } });

        public override Task<PublishResponse> Publish(PublishRequest request, ServerCallContext context)
        {
            process.Fail();
            process.Published.Enqueue(request);
            return Task.FromResult(new PublishResponse());
        }

        public override Task<PauseResponse> Pause(PauseRequest request, ServerCallContext context)
        {
            process.Pauses++;
            return Task.FromResult(new PauseResponse());
        }

        public override async Task PullMessages(IAsyncStreamReader<PullMessagesRequest> requestStream, IServerStreamWriter<PullMessagesResponse> responseStream, ServerCallContext context)
        {
            await requestStream.MoveNext();
            process.Acks.Writer.TryWrite(requestStream.Current);
            var acks = ReadAsync();
            await foreach (var message in process.Messages.Reader.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(message);
            }

            await acks;

            async Task ReadAsync()
            {
                while (await requestStream.MoveNext())
                {
                    process.Acks.Writer.TryWrite(requestStream.Current);
                }
            }
        }
    }

    private sealed class Input(ComponentProcess process) : InputBinding.InputBindingBase
    {
        public override async Task<InputBindingInitResponse> Init(InputBindingInitRequest request, ServerCallContext context)
        {
            await process.InitAsync(request.Metadata, context);
            return new InputBindingInitResponse();
        }

        public override async Task Read(IAsyncStreamReader<ReadRequest> requestStream, IServerStreamWriter<ReadResponse> responseStream, ServerCallContext context)
        {
            await foreach (var message in process.Events.Reader.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(message);
                if (await requestStream.MoveNext())
                {
                    process.Replies.Writer.TryWrite(requestStream.Current);
                }
            }
        }
    }

    private sealed class Output(ComponentProcess process) : OutputBinding.OutputBindingBase
    {
        public override async Task<OutputBindingInitResponse> Init(OutputBindingInitRequest request, ServerCallContext context)
        {
            await process.InitAsync(request.Metadata, context);
            return new OutputBindingInitResponse();
        }

        public override Task<ListOperationsResponse> ListOperations(ListOperationsRequest request, ServerCallContext context) => Task.FromResult(new ListOperationsResponse { Operations = { "create" } });

        public override Task<InvokeResponse> Invoke(InvokeRequest request, ServerCallContext context)
        {
            process.Fail();
            return Task.FromResult(new InvokeResponse { Data = request.Data, Metadata = { ["x-done"] = request.Operation } });
        }
    }

    private sealed class Secrets(ComponentProcess process) : SecretStore.SecretStoreBase
    {
        public override async Task<SecretStoreInitResponse> Init(SecretStoreInitRequest request, ServerCallContext context)
        {
            await process.InitAsync(request.Metadata, context);
            return new SecretStoreInitResponse();
        }

        public override Task<FeaturesResponse> Features(FeaturesRequest request, ServerCallContext context) => Task.FromResult(new FeaturesResponse());

        public override Task<GetSecretResponse> Get(GetSecretRequest request, ServerCallContext context)
        {
            process.Fail();
            return Task.FromResult(request.Key == "known" ? new GetSecretResponse { Data = { ["known"] = "namespace" } } : new GetSecretResponse());
        }
    }
}
