using Grpc.Core;
using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.Components.Pluggable.Protocol;
using McpAspire.Sidecar.PubSub;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.State;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>Makes components whose type another process offers.</summary>
internal static class PluggableTypes
{
    /// <summary>Initialized, or a <see cref="ResourceException"/>.</summary>
    public static IEmbeddedComponent Create(ComponentSettings settings, string socket, EmbeddedHost host)
    {
        Check(settings.Component);
        var services = ServicesOf(settings.Component, socket, host);
        var type = settings.Component.Type;
        var wanted = PluggableBlocks.Of(type)!.Where(services.Contains).ToArray();
        return wanted switch
        {
            [PluggableBlocks.State] => StateStoreOf(settings, socket, services, host),
            [PluggableBlocks.PubSub] => PubSubOf(settings, socket, host),
            [PluggableBlocks.Secrets] => SecretStoreOf(settings, socket, host),
            [_, ..] => BindingOf(settings, socket, wanted, host),
            [] => throw Wrong(settings.Component, $"the process behind {Path.GetFileName(socket)} does not serve {string.Join(" or ", PluggableBlocks.Of(type)!)}"),
        };
    }

    public static void Check(ComponentResource component)
    {
        if (component.Version is not ("v1" or "v0"))
        {
            throw new ResourceException(component.Position, $"The component '{component.Name}' ({component.Type}) has version '{component.Version}'; allowed is v1.") { Rule = ProblemRules.ComponentVersion };
        }

        if (component.Name.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw Wrong(component, "its name is sent as a header, and has a character that none may have");
        }
    }

    private static IReadOnlySet<string> ServicesOf(ComponentResource component, string socket, EmbeddedHost host)
    {
        IReadOnlySet<string>? services = null;
        using var connection = new ComponentConnection(socket, component, host, async (made, stopping) => services = await ServiceList.ReadAsync(made.Invoker, stopping));
        connection.Initialize();
        return services!;
    }

    private static PluggableStateStore StateStoreOf(ComponentSettings settings, string socket, IReadOnlySet<string> services, EmbeddedHost host)
    {
        if (settings.Text("outboxPublishPubsub", "outboxPublishTopic") is not null)
        {
            throw Wrong(settings.Component, "it has an outbox, which is not part of this sidecar: its events would not be published");
        }

        if (settings.Text("primaryEncryptionKey") is not null)
        {
            throw Wrong(settings.Component, "'primaryEncryptionKey' is only for state.in-memory: daprd could not read what this sidecar has encrypted");
        }

        var prefix = KeyPrefix.Of(settings, host.Options);
        var features = new List<string>();
        var connection = Connect(settings, socket, host, async (made, options) =>
        {
            var client = new StateStore.StateStoreClient(made.Invoker);
            await client.InitAsync(new InitRequest { Metadata = Properties(settings) }, options);
            Note(features, await client.FeaturesAsync(new FeaturesRequest(), options));
        });
        return new PluggableStateStore(connection, prefix, services, features);
    }

    private static PluggablePubSub PubSubOf(ComponentSettings settings, string socket, EmbeddedHost host)
    {
        var properties = Properties(settings);
        if (settings.Text("consumerID") is null)
        {
            properties.Properties["consumerID"] = host.Options.AppId;
        }

        var features = new List<string>();
        var connection = Connect(settings, socket, host, async (made, options) =>
        {
            var client = new Protocol.PubSub.PubSubClient(made.Invoker);
            await client.InitAsync(new PubSubInitRequest { Metadata = properties }, options);
            Note(features, await client.FeaturesAsync(new FeaturesRequest(), options));
        });
        return new PluggablePubSub(connection, TopicScopes.Read(settings, host.Options.AppId), features, host.Time, host.Loggers.CreateLogger<PluggablePubSub>());
    }

    private static PluggableSecretStore SecretStoreOf(ComponentSettings settings, string socket, EmbeddedHost host)
    {
        var features = new List<string>();
        var connection = Connect(settings, socket, host, async (made, options) =>
        {
            var client = new SecretStore.SecretStoreClient(made.Invoker);
            await client.InitAsync(new SecretStoreInitRequest { Metadata = Properties(settings) }, options);
            Note(features, await client.FeaturesAsync(new FeaturesRequest(), options));
        });
        return new PluggableSecretStore(connection, features);
    }

    private static IEmbeddedComponent BindingOf(ComponentSettings settings, string socket, string[] services, EmbeddedHost host)
    {
        var directions = settings.List("direction");
        var input = services.Contains(PluggableBlocks.InputBinding) && IsWanted("input") ? InputOf(settings, socket, host) : null;
        try
        {
            var output = services.Contains(PluggableBlocks.OutputBinding) && IsWanted("output") ? OutputOf(settings, socket, host) : null;
            return input is not null && output is not null ? new PluggableBinding(input, output)
                : (IEmbeddedComponent?)input ?? output ?? throw Wrong(settings.Component, $"the process behind {Path.GetFileName(socket)} has no binding of the direction '{string.Join(',', directions)}'");
        }
        catch
        {
            input?.Dispose();
            throw;
        }

        bool IsWanted(string direction) => directions.Count == 0 || directions.Contains(direction, StringComparer.OrdinalIgnoreCase);
    }

    private static PluggableInputBinding InputOf(ComponentSettings settings, string socket, EmbeddedHost host)
    {
        var connection = Connect(settings, socket, host, async (made, options) => await new InputBinding.InputBindingClient(made.Invoker).InitAsync(new InputBindingInitRequest { Metadata = Properties(settings) }, options));
        return new PluggableInputBinding(connection, InputRoute.Read(settings), host.Time, host.Loggers.CreateLogger<PluggableInputBinding>());
    }

    private static PluggableOutputBinding OutputOf(ComponentSettings settings, string socket, EmbeddedHost host)
    {
        var operations = new List<string>();
        var connection = Connect(settings, socket, host, async (made, options) =>
        {
            var client = new OutputBinding.OutputBindingClient(made.Invoker);
            await client.InitAsync(new OutputBindingInitRequest { Metadata = Properties(settings) }, options);
            var listed = await client.ListOperationsAsync(new ListOperationsRequest(), options);
            if (operations.Count == 0)
            {
                operations.AddRange(listed.Operations);
            }
        });
        return new PluggableOutputBinding(connection, operations);
    }

    private static ComponentConnection Connect(ComponentSettings settings, string socket, EmbeddedHost host, Func<ComponentConnection, CallOptions, Task> initialize)
    {
        var connection = new ComponentConnection(socket, settings.Component, host, async (made, stopping) =>
        {
            await initialize(made, made.Options(stopping));
            made.SayInitialized();
        });
        try
        {
            connection.Initialize();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static MetadataRequest Properties(ComponentSettings settings) => new() { Properties = { new Dictionary<string, string>(settings.All, StringComparer.Ordinal) } };

    /// <summary>What it says first: a process that is started again is taken for the same.</summary>
    private static void Note(List<string> features, FeaturesResponse answer)
    {
        if (features.Count == 0)
        {
            features.AddRange(answer.Features);
        }
    }

    private static ResourceException Wrong(ComponentResource component, string reason)
        => new(component.Position, $"The component '{component.Name}' ({component.Type}) cannot be used: {reason}.") { Rule = ProblemRules.MetadataInvalid };
}
