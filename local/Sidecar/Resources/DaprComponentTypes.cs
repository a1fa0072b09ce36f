using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Resources;

/// <summary>
/// The component types of daprd 1.18 of the building blocks that this sidecar has in part or not at all (dapr cmd/daprd/components).
/// A type that is not among them is nobody's: daprd ends over it.
/// </summary>
internal static class DaprComponentTypes
{
    private static readonly char[] _separators = [' ', '\n', '\r'];

    private static readonly Dictionary<string, string> _names = new(StringComparer.Ordinal)
    {
        ["bindings"] = """
            alicloud.dingtalk.webhook alicloud.dubbo alicloud.oss alicloud.sls alicloud.tablestore apns aws.dynamodb
            aws.kinesis aws.s3 aws.ses aws.sns aws.sqs azure.blobstorage azure.cosmosdb azure.cosmosdb.gremlinapi
            azure.eventgrid azure.eventhubs azure.openai azure.servicebus.queues azure.servicebusqueues azure.signalr
            azure.storagequeues cloudflare.queues commercetools cron dingtalk.webhook dubbo gcp.bucket gcp.pubsub graphql
            http huawei.obs influx kafka kubemq kubernetes localstorage mqtt mqtt3 mysql postgres postgresql postmark
            rabbitmq redis rethinkdb.statechange rocketmq sftp smtp twilio.sendgrid twilio.sms wasm zeebe.command
            zeebe.jobworker
            """,
        ["configuration"] = """
            azure.appconfig kubernetes postgres postgresql redis
            """,
        ["conversation"] = """
            anthropic aws.bedrock deepseek echo googleai huggingface mistral ollama openai
            """,
        ["crypto"] = """
            azure.keyvault dapr.jwks dapr.kubernetes.secrets dapr.localstorage
            """,
        ["lock"] = """
            redis
            """,
        ["pubsub"] = """
            aws.snssqs azure.eventhubs azure.servicebus azure.servicebus.queues azure.servicebus.topics
            azure.servicebusqueues gcp.pubsub in-memory jetstream kafka kubemq mqtt mqtt3 pulsar rabbitmq redis rocketmq
            snssqs solace.amqp
            """,
        ["state"] = """
            aerospike alicloud.tablestore aws.dynamodb azure.blobstorage azure.cosmosdb azure.tablestorage cassandra
            cloudflare.workerskv cockroachdb coherence consul couchbase etcd gcp.firestore hashicorp.consul hazelcast
            in-memory jetstream memcached mongodb mysql oci.objectstorage oracledatabase postgres postgresql ravendb redis
            rethinkdb spiffeprobe sqlite sqlite3 sqlserver yugabyte yugabytedb zookeeper
            """,
    };

    /// <summary>In any case, as in Dapr.</summary>
    public static bool Have(string type) => NamesOf(BlockOf(type)).Contains(type[(BlockOf(type).Length + 1)..], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether it is at least of a building block that Dapr has.</summary>
    public static bool HasBlock(string type) => _names.ContainsKey(BlockOf(type));

    /// <summary>The known type that an unknown one most likely meant.</summary>
    public static string Hint(string type)
        => NearestName.Hint(type, _names.Keys.SelectMany(block => NamesOf(block).Select(name => $"{block}.{name}")));

    private static string BlockOf(string type) => type.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? type[..dot] : string.Empty;

    private static string[] NamesOf(string block)
        => _names.TryGetValue(block, out var names) ? names.Split(_separators, StringSplitOptions.RemoveEmptyEntries) : [];
}
