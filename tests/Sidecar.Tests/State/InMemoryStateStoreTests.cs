using System.Text;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Secrets;
using McpAspire.Sidecar.State;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.Sidecar.Tests.State;

/// <summary>The store itself: time, prefixes, settings.</summary>
public sealed class InMemoryStateStoreTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    [Fact]
    public void Value_IsGoneWhenItsTimeHasCome()
    {
        using var store = Create();
        store.Change(new StateChange("k", "1"u8.ToArray()) { TimeToLive = "10" });
        store.Change(new StateChange("stays", "1"u8.ToArray()));

        _clock.Advance(TimeSpan.FromSeconds(9));
        var tag = store.Get("k")!.ETag;
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(store.Get("k"));
        Assert.NotNull(store.Get("stays"));
        Assert.Equal(StateProblem.ETagMismatch, Assert.Throws<StateException>(() => store.Change(new StateChange("k", "2"u8.ToArray()) { ETag = tag })).Problem);
        store.Change(new StateChange("k", "2"u8.ToArray()) { Concurrency = "first-write" });
    }

    [Fact]
    public void Write_WithoutATimeToLive_TakesTheEarlierOneAway()
    {
        using var store = Create();
        store.Change(new StateChange("k", "1"u8.ToArray()) { TimeToLive = "10" });
        store.Change(new StateChange("k", "2"u8.ToArray()));

        _clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal("2", Encoding.UTF8.GetString(store.Get("k")!.Value));
    }

    [Fact]
    public void Values_ThatExpire_LeaveTheirRoom_AlsoWhenWrittenAgainAndAgain()
    {
        using var store = Create(("maxSize", "8Ki"));
        for (var write = 0; write < 1_000; write++)
        {
            store.Change(new StateChange("k", new byte[5_000]) { TimeToLive = "10" });
        }

        Assert.Equal(StateProblem.Full, Assert.Throws<StateException>(() => store.Change(new StateChange("l", new byte[5_000]))).Problem);
        _clock.Advance(TimeSpan.FromSeconds(10));

        store.Change(new StateChange("l", new byte[5_000]));
    }

    [Theory]
    [InlineData(null, "app||k")]
    [InlineData("appid", "app||k")]
    [InlineData("AppID", "app||k")]
    [InlineData("namespace", "production.app||k")]
    [InlineData("name", "store||k")]
    [InlineData("none", "k")]
    [InlineData("Shared", "shared||k")]
    public void Key_HasThePrefixOfTheStrategy(string? strategy, string key)
    {
        using var store = strategy is null ? Create() : Create(("keyPrefix", strategy));

        Assert.Equal(key, store.Prefix.Of("k"));
    }

    [Fact]
    public void Keys_OfTwoApps_AreApart_UnlessThePrefixIsShared()
    {
        KeyPrefix Of(string app, string strategy) => KeyPrefix.Of(Settings(("keyPrefix", strategy)), new SidecarOptions { AppId = app });
        using var store = Create();
        store.Change(new StateChange(Of("contoso", "appid").Of("k"), "1"u8.ToArray()));

        Assert.Null(store.Get(Of("fabrikam", "appid").Of("k")));
        Assert.NotNull(store.Get(Of("contoso", "appid").Of("k")));
        Assert.Equal(Of("contoso", "shared").Of("k"), Of("fabrikam", "shared").Of("k"));
    }

    [Fact]
    public void Values_EncryptedAndReadByManyAtOnce_StayWhatTheyAre()
    {
        using var store = Create(encrypted: true);

        Parallel.For(0, 20_000, number =>
        {
            var key = $"k{number % 50}";
            var value = Encoding.UTF8.GetBytes($"{key}:{new string('x', number % 300)}");
            store.Change(new StateChange(key, value));
            Assert.StartsWith(key + ":", Encoding.UTF8.GetString(store.Get(key)!.Value), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task BulkGet_OfOneEncryptedValueManyTimes_DecryptsItOnce()
    {
        using var store = Create(encrypted: true);
        store.Change(new StateChange("k", "1"u8.ToArray()));
        var access = new StateAccess(new SidecarMetrics(new SidecarOptions { AppId = "app" }, MetricsSettings.Default));

        var items = await access.GetAsync(store, "store", [new("k"), new("none"), new("k")], TestContext.Current.CancellationToken);

        Assert.Null(items[1]);
        Assert.Same(items[0]!.Value, items[2]!.Value);
    }

    [Theory]
    [InlineData("keyPrefix", "a||b", ProblemRules.MetadataInvalid)]
    [InlineData("maxSize", "much", ProblemRules.MetadataInvalid)]
    [InlineData("maxSize", "-1", ProblemRules.MetadataInvalid)]
    [InlineData("maxSize", "99999999999Gi", ProblemRules.MetadataInvalid)]
    [InlineData("primaryEncryptionKey", "000102030405060708090a0b0c0d0e0f", ProblemRules.MetadataInvalid)]
    [InlineData("outboxPublishPubsub", "pubsub", ProblemRules.NotEmbedded)]
    public void Setting_ThatCannotBeKept_IsRefused(string name, string value, string rule)
        => Assert.Equal(rule, Assert.Throws<ResourceException>(() => Create((name, value))).Rule);

    [Fact]
    public void Setting_ThatMeansNothing_IsNamedInAWarning()
    {
        var warnings = new List<string>();

        InMemoryStateStore.Create(Settings(("keyPrefx", "none")), Host(), warnings).Dispose();

        Assert.Contains("did you mean 'keyPrefix'", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private EmbeddedHost Host() => new(new SidecarOptions { AppId = "app", Namespace = "production" }, _clock, NullLoggerFactory.Instance);

    private InMemoryStateStore Create(params (string Name, string Value)[] metadata) => InMemoryStateStore.Create(Settings(metadata), Host(), []);

    private InMemoryStateStore Create(bool encrypted) => InMemoryStateStore.Create(Settings(encrypted, []), Host(), []);

    private static ComponentSettings Settings(params (string Name, string Value)[] metadata) => Settings(encrypted: false, metadata);

    private static ComponentSettings Settings(bool encrypted, (string Name, string Value)[] metadata)
    {
        var position = new Position("store.yaml", 1);
        var values = metadata.Select(value => new MetadataValue(value.Name, value.Value, null, null, position));
        MetadataValue[] keys = encrypted ? [new MetadataValue("primaryEncryptionKey", null, null, "KEY", position)] : [];
        var component = new ComponentResource("store", "state.in-memory", "v1", null, [], [.. values, .. keys], false, position);
        return new ComponentSettings(component, new ValueResolver(new Dictionary<string, ISecretStore>(), new SidecarOptions { AppId = "app" }, _ => "000102030405060708090a0b0c0d0e0f"));
    }
}
