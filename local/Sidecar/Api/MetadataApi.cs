using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.PubSub;

namespace McpAspire.Sidecar.Api;

/// <summary><c>metadata</c>: what runs here, and whatever the app or a tool noted about it.</summary>
internal sealed class MetadataApi(SidecarOptions options, AppReadiness app, AppFeeds feeds)
{
    /// <summary>The Dapr version whose behaviour this sidecar follows.</summary>
    public const string RuntimeVersion = "1.18.3";

    private const int MaxEntries = 256;
    private const int MaxKeyLength = 256;
    private const int MaxValueBytes = 64 * 1024;

    private readonly ConcurrentDictionary<string, string> _extended = new(StringComparer.Ordinal) { ["daprRuntimeVersion"] = RuntimeVersion };

    /// <summary>Noted by the app or by a tool, in the order of their keys.</summary>
    public IEnumerable<KeyValuePair<string, string>> Extended => _extended.OrderBy(pair => pair.Key, StringComparer.Ordinal);

    public static IEnumerable<string> EnabledFeatures(RuntimeSnapshot runtime)
        => runtime.Configuration.HotReload != false ? runtime.Configuration.Features.Prepend("HotReload") : runtime.Configuration.Features;

    /// <summary>As Go prints a duration of whole seconds or milliseconds.</summary>
    public static string Duration(TimeSpan time)
        => time.TotalMilliseconds % 1000 == 0 ? $"{time.TotalSeconds:0}s" : $"{time.TotalMilliseconds:0}ms";

    public void Set(string key, string value) => _extended[key] = value;

    public Task GetAsync(SidecarRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, request.Runtime);
        }

        return DaprErrors.WriteAsync(request.Http, StatusCodes.Status200OK, "application/json", buffer.WrittenMemory);
    }

    public async Task PutAsync(SidecarRequest request, string key)
    {
        var http = request.Http;
        var buffer = new byte[MaxValueBytes + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        if (await TrySetAsync(http, ByteString.ToText(key), buffer.AsMemory(0, length)))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    /// <summary>False when the error is answered.</summary>
    public async Task<bool> TrySetAsync(HttpContext http, string name, ReadOnlyMemory<byte> value)
    {
        if (name.Length > MaxKeyLength)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, $"a key has no more than {MaxKeyLength} characters");
            return false;
        }

        if (_extended.Count >= MaxEntries && !_extended.ContainsKey(name))
        {
            await RefuseAsync(http, StatusCodes.Status500InternalServerError, $"no more than {MaxEntries} values can be set");
            return false;
        }

        if (value.Length > MaxValueBytes)
        {
            await RefuseAsync(http, StatusCodes.Status413PayloadTooLarge, $"a value has no more than {MaxValueBytes} bytes");
            return false;
        }

        _extended[name] = Encoding.UTF8.GetString(value.Span);
        return true;
    }

    private static Task RefuseAsync(HttpContext http, int status, string message) => DaprErrors.WriteAsync(http, status, "ERR_METADATA_SET", message);

    private void Write(Utf8JsonWriter writer, RuntimeSnapshot runtime)
    {
        writer.WriteStartObject();
        writer.WriteString("id", runtime.AppId);
        writer.WriteString("runtimeVersion", RuntimeVersion);
        writer.WriteStartArray("enabledFeatures");
        foreach (var feature in EnabledFeatures(runtime))
        {
            writer.WriteStringValue(feature);
        }

        writer.WriteEndArray();
        WriteComponents(writer, runtime);
        writer.WriteStartObject("extended");
        foreach (var (key, value) in Extended)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
        WriteSubscriptions(writer, feeds.Subscriptions?.All ?? runtime.Subscriptions);
        WriteNames(writer, "httpEndpoints", runtime.Endpoints.Keys);
        WriteApp(writer);
        writer.WriteStartObject("actorRuntime");
        writer.WriteString("runtimeStatus", app.IsReady ? "DISABLED" : "INITIALIZING");
        writer.WriteBoolean("hostReady", false);
        if (app.IsReady)
        {
            writer.WriteString("placement", "placement: disconnected");
        }

        writer.WriteEndObject();
        WriteNames(writer, "mcpServers", runtime.McpServers.Names);
        WriteNames(writer, "workflowAccessPolicies", runtime.WorkflowAccessPolicies);
        WriteNames(writer, "resiliencies", runtime.Resiliencies);
        writer.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter writer, string field, IEnumerable<string> names)
    {
        if (!names.Any())
        {
            return;
        }

        writer.WriteStartArray(field);
        foreach (var name in names)
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteComponents(Utf8JsonWriter writer, RuntimeSnapshot runtime)
    {
        if (runtime.Components.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("components");
        foreach (var component in runtime.Components)
        {
            writer.WriteStartObject();
            writer.WriteString("name", component.Name);
            writer.WriteString("type", component.Type);
            writer.WriteString("version", component.Version);
            if (runtime.Embedded.Find<IEmbeddedComponent>(component.Name) is { Capabilities.Count: > 0 } embedded)
            {
                writer.WriteStartArray("capabilities");
                foreach (var capability in embedded.Capabilities)
                {
                    writer.WriteStringValue(capability);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSubscriptions(Utf8JsonWriter writer, IReadOnlyList<TopicSubscription> subscriptions)
    {
        if (subscriptions.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("subscriptions");
        foreach (var subscription in subscriptions)
        {
            writer.WriteStartObject();
            writer.WriteString("pubsubname", subscription.PubSub);
            writer.WriteString("topic", subscription.Topic);
            if (subscription.Metadata.Count > 0)
            {
                writer.WriteStartObject("metadata");
                foreach (var (name, value) in subscription.Metadata)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
            }

            WriteRules(writer, subscription.Rules);
            writer.WriteString("deadLetterTopic", subscription.DeadLetterTopic);
            writer.WriteString("type", subscription.Type.ToString().ToUpperInvariant());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteRules(Utf8JsonWriter writer, IReadOnlyList<RoutingRule> rules)
    {
        if (rules.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            writer.WriteStartObject();
            if (rule.Match is { } match)
            {
                writer.WriteString("match", match.ToString());
            }

            if (rule.Path.Length > 0)
            {
                writer.WriteString("path", rule.Path);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteApp(Utf8JsonWriter writer)
    {
        if (options.AppPort == 0)
        {
            return;
        }

        writer.WriteStartObject("appConnectionProperties");
        writer.WriteNumber("port", options.AppPort);
        writer.WriteString("protocol", options.AppProtocol);
        writer.WriteString("channelAddress", options.AppChannelAddress);
        if (options.AppMaxConcurrency > 0)
        {
            writer.WriteNumber("maxConcurrency", options.AppMaxConcurrency);
        }

        if (options.AppHealthCheck is { } check)
        {
            writer.WriteStartObject("health");
            if (!options.IsGrpcApp)
            {
                writer.WriteString("healthCheckPath", check.Path);
            }

            writer.WriteString("healthProbeInterval", Duration(check.Interval));
            writer.WriteString("healthProbeTimeout", Duration(check.Timeout));
            writer.WriteNumber("healthThreshold", check.Threshold);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
