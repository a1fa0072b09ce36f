using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.State;
using StateItem = McpAspire.Sidecar.Grpc.Protocol.StateItem;
using Status = Grpc.Core.Status;
using StoredItem = McpAspire.Sidecar.State.StateItem;

namespace McpAspire.Sidecar.Grpc;

/// <summary>State, as over HTTP; here a value is any bytes.</summary>
internal sealed partial class DaprService
{
    private const string JsonType = "application/json";

    public override Task<GetStateResponse> GetState(GetStateRequest request, ServerCallContext context)
        => StateAsync(context, HttpMethods.Get, [request.StoreName, request.Key], request.StoreName, async (store, stopping) =>
        {
            var response = new GetStateResponse();
            var read = new StateRead(StateAccess.KeyOf(store, request.StoreName, request.Key)) { Metadata = request.Metadata.ToDictionary(), Consistency = Text(request.Consistency) };
            if (await ReadAsync(() => parts.State.GetAsync(store, request.StoreName, read, stopping), "ERR_STATE_GET", $"fail to get {request.Key} from state store {request.StoreName}: ") is { } item)
            {
                (response.Data, response.Etag) = (UnsafeByteOperations.UnsafeWrap(item.Value), item.ETag ?? string.Empty);
                AddMetadata(response.Metadata, item);
            }

            return response;
        });

    public override Task<GetBulkStateResponse> GetBulkState(GetBulkStateRequest request, ServerCallContext context)
        => StateAsync(context, HttpMethods.Post, [request.StoreName, "bulk"], request.StoreName, async (store, stopping) =>
        {
            var metadata = request.Metadata.ToDictionary();
            var reads = request.Keys.Select(key => new StateRead(StateAccess.KeyOf(store, request.StoreName, key)) { Metadata = metadata }).ToArray();
            var items = await ReadAsync(() => parts.State.GetAsync(store, request.StoreName, reads, stopping), "ERR_STATE_BULK_GET", string.Empty);
            var limit = GrpcLimits.MessageSize(parts.Options);
            if (limit is { } most && items.Sum(item => (long)(item?.Value.Length ?? 0)) > most)
            {
                throw new RpcException(new Status(StatusCode.ResourceExhausted, $"the values are larger than the maximum of {limit} bytes; get fewer of them"));
            }

            var response = new GetBulkStateResponse();
            foreach (var (key, item) in request.Keys.Zip(items))
            {
                var answer = new BulkStateItem { Key = key };
                if (item is not null)
                {
                    (answer.Data, answer.Etag, answer.Error) = (UnsafeByteOperations.UnsafeWrap(item.Value), item.ETag ?? string.Empty, item.Error ?? string.Empty);
                    AddMetadata(answer.Metadata, item);
                }

                response.Items.Add(answer);
            }

            return response;
        });

    public override Task<Empty> SaveState(SaveStateRequest request, ServerCallContext context)
        => StateAsync(context, HttpMethods.Post, [request.StoreName], request.StoreName, async (store, stopping) =>
        {
            if (request.States.Any(item => item.Key.Length == 0))
            {
                throw Failed(StatusCode.InvalidArgument, "ERR_STATE_SAVE", "state key cannot be empty");
            }

            var changes = request.States.Select(item => ChangeOf(store, request.StoreName, item, isDelete: false)).ToArray();
            return await ChangeAsync(changes, () => parts.State.SetEachAsync(store, request.StoreName, changes, stopping), "ERR_STATE_SAVE", $"failed saving state in state store {request.StoreName}: ");
        });

    public override Task<Empty> DeleteState(DeleteStateRequest request, ServerCallContext context)
        => StateAsync(context, HttpMethods.Delete, [request.StoreName, request.Key], request.StoreName, async (store, stopping) =>
        {
            var item = new StateItem { Key = request.Key, Etag = request.Etag, Options = request.Options, Metadata = { request.Metadata } };
            var change = ChangeOf(store, request.StoreName, item, isDelete: true);
            return await ChangeAsync([change], () => parts.State.DeleteAsync(store, request.StoreName, change, stopping), "ERR_STATE_DELETE", $"failed deleting state with key {request.Key}: ");
        });

    public override Task<Empty> DeleteBulkState(DeleteBulkStateRequest request, ServerCallContext context)
        => StateAsync(context, HttpMethods.Post, [request.StoreName, "transaction"], request.StoreName, async (store, stopping) =>
        {
            var changes = request.States.Select(item => ChangeOf(store, request.StoreName, item, isDelete: true)).ToArray();
            return await ChangeAsync(changes, () => parts.State.DeleteEachAsync(store, request.StoreName, changes, stopping), "ERR_STATE_BULK_DELETE", $"failed deleting state in state store {request.StoreName}: ");
        });

    public override Task<Empty> ExecuteStateTransaction(ExecuteStateTransactionRequest request, ServerCallContext context)
        => StateAsync(context, HttpMethods.Post, [request.StoreName, "transaction"], request.StoreName, async (store, stopping) =>
        {
            if (!store.HasTransactions)
            {
                throw StateErrors.NoTransactions(request.StoreName);
            }

            var changes = new List<StateChange>(request.Operations.Count);
            foreach (var operation in request.Operations)
            {
                if (operation.OperationType is not ("upsert" or "delete"))
                {
                    throw Failed(StatusCode.Unimplemented, "ERR_NOT_SUPPORTED_STATE_OPERATION", $"operation type {operation.OperationType} not supported");
                }

                changes.Add(ChangeOf(store, request.StoreName, operation.Request ?? new StateItem(), operation.OperationType == "delete", asJson: false));
            }

            return await ChangeAsync(changes, () => parts.State.ChangeAllAsync(store, request.StoreName, changes, request.Metadata.ToDictionary(), stopping), "ERR_STATE_TRANSACTION", "error while executing state transaction: ", mismatch: StatusCode.Internal);
        });

    public override Task<QueryStateResponse> QueryStateAlpha1(QueryStateRequest request, ServerCallContext context)
        => StateAsync(context, HttpMethods.Post, [request.StoreName, "query"], request.StoreName, async (store, stopping) =>
        {
            var result = await parts.State.QueryAsync(store, request.StoreName, Encoding.UTF8.GetBytes(request.Query), request.Metadata.ToDictionary(), stopping);
            var response = new QueryStateResponse { Token = result.Token, Metadata = { result.Metadata.ToDictionary() } };
            foreach (var (key, item) in result.Items)
            {
                response.Results.Add(new QueryStateItem { Key = key, Data = UnsafeByteOperations.UnsafeWrap(item.Value), Etag = item.ETag ?? string.Empty, Error = item.Error ?? string.Empty });
            }

            return response;
        }, isAlpha: true);

    private Task<T> StateAsync<T>(ServerCallContext context, string verb, string[] path, string storeName, Func<IStateStore, CancellationToken, Task<T>> operation, bool isAlpha = false)
        where T : class
    {
        var call = new ApiCall("state", verb, $"/v1.0{(isAlpha ? "-alpha1" : string.Empty)}/state/{string.Join('/', path.Select(ApiPath.Part))}") { Version = isAlpha ? "v1alpha1" : "v1" };
        return Calls.RunAsync<T>(context, call, async sent => await operation(StateAccess.Find(sent.Runtime, storeName, appId: null), context.CancellationToken));
    }

    private static StateChange ChangeOf(IStateStore store, string storeName, StateItem item, bool isDelete, bool asJson = true)
        => new(StateAccess.KeyOf(store, storeName, item.Key), isDelete ? null : asJson && item.Metadata.TryGetValue("contentType", out var type) && type == JsonType && !store.IsEncrypted ? Json(item.Value) : item.Value.ToByteArray())
        {
            ETag = item.Etag?.Value,
            Concurrency = item.Options?.Concurrency switch
            {
                StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite => "first-write",
                StateOptions.Types.StateConcurrency.ConcurrencyLastWrite => "last-write",
                _ => string.Empty,
            },
            Consistency = Text(item.Options?.Consistency ?? StateOptions.Types.StateConsistency.ConsistencyUnspecified),
            TimeToLive = item.Metadata.GetValueOrDefault("ttlInSeconds"),
            Metadata = item.Metadata.ToDictionary(),
        };

    private static byte[] Json(ByteString value)
    {
        try
        {
            var reader = new Utf8JsonReader(value.Span);
            _ = reader.Read();
            var kept = StoredJson.Read(ref reader);
            return reader.Read() ? throw new JsonException() : kept;
        }
        catch (JsonException)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"the value is not JSON, as its contentType {JsonType} says"));
        }
    }

    private static string Text(StateOptions.Types.StateConsistency consistency) => consistency switch
    {
        StateOptions.Types.StateConsistency.ConsistencyEventual => "eventual",
        StateOptions.Types.StateConsistency.ConsistencyStrong => "strong",
        _ => string.Empty,
    };

    private static async Task<T> ReadAsync<T>(Func<Task<T>> read, string code, string prefix)
    {
        try
        {
            return await read();
        }
        catch (StateException failure)
        {
            throw failure.Own ?? Failed(StatusCode.Internal, code, prefix + failure.Message);
        }
    }

    private static async Task<Empty> ChangeAsync(IReadOnlyCollection<StateChange> changes, Func<Task> change, string code, string prefix, StatusCode mismatch = StatusCode.Aborted)
    {
        try
        {
            if (changes.Count > 0)
            {
                await change();
            }

            return new Empty();
        }
        catch (StateException failure)
        {
            var status = failure.Problem switch
            {
                StateProblem.ETagMismatch => mismatch,
                StateProblem.ETagInvalid => StatusCode.InvalidArgument,
                StateProblem.Full => StatusCode.ResourceExhausted,
                _ => StatusCode.Internal,
            };
            throw failure.Own ?? Failed(status, code, prefix + failure.Message);
        }
    }

    private static ApiFailure Failed(StatusCode status, string code, string message)
        => new(StatusCodes.Status500InternalServerError, (int)status, code, message, reason: code) { Metadata = null };

    private static void AddMetadata(IDictionary<string, string> metadata, StoredItem item)
    {
        foreach (var (name, value) in item.Metadata)
        {
            metadata[name] = value;
        }
    }
}
