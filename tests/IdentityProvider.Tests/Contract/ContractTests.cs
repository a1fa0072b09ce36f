using System.Collections.Concurrent;
using McpAspire.IdentityProvider.Tests.Contract.Topics;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>Every exchange that was recorded from Keycloak 26.7.3, one case each.</summary>
[Trait("Category", "Contract")]
public sealed class ContractTests
{
    private static readonly ITopic[] Topics =
    [
        new SelfContained("discovery"), new SelfContained("jwks"), new SelfContained("client-credentials"), new SelfContained("errors"),
        new LoginPageTopic(), new AuthorizationCodeTopic(), new RefreshTopic(), new IntrospectionTopic(), new RevocationTopic(), new UserInfoTopic(),
        new LogoutTopic(), new CorsTopic(), new PushedRequestTopic(), new DeviceTopic(), new TokenExchangeTopic(), new ClientAssertionTopic(),
        new BruteForceTopic(), new DPoPTopic(), new RegistrationTopic(), new ResourceIndicatorTopic(), new CimdTopic(),
    ];

    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyDictionary<string, string>>>> Runs = new();

    /// <summary>Topic and exchange of every case.</summary>
    public static TheoryData<string, string> Exchanges()
    {
        var cases = new TheoryData<string, string>();
        foreach (var topic in Topics)
        {
            foreach (var exchange in new Recording(topic.Name, "http://localhost:8080").Exchanges.Where(exchange => !OutOfScope.Contains(exchange)))
            {
                cases.Add(topic.Name, exchange.Name);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task Exchange_Replayed_AnswersAsKeycloak(string topic, string exchange)
    {
        var outcomes = await Runs.GetOrAdd(topic, name => new(() => PlayAsync(Topics.Single(known => known.Name == name)))).Value;
        Assert.True(outcomes.ContainsKey(exchange), $"{topic} did not play \"{exchange}\"{outcomes.GetValueOrDefault("")}");
        Assert.SkipWhen(outcomes[exchange] == ContractRun.NeedsVariant, outcomes[exchange]);
        Assert.True(outcomes[exchange].Length == 0, outcomes[exchange]);
    }

    [Fact]
    public void Recordings_EveryExchange_IsPlayedOrOutOfScopeWithAReason()
    {
        var forgotten = Recording.Topics.SelectMany(topic => new Recording(topic, "http://localhost:8080").Exchanges)
            .Where(exchange => !OutOfScope.Contains(exchange) && !Topics.Any(topic => topic.Name == exchange.Topic));
        Assert.Empty(forgotten);
    }

    [Fact]
    public void UnrecordedDifferences_EachShownByATest()
        => Assert.All(IntendedDifferences.Unrecorded, difference =>
        {
            Assert.NotEmpty(difference.Source);
            Assert.NotEmpty(difference.Tests.GetMethod(difference.Test)!.GetCustomAttributes(typeof(FactAttribute), inherit: true));
        });

    private static async Task<IReadOnlyDictionary<string, string>> PlayAsync(ITopic topic)
    {
        await using var target = await ContractTarget.StartAsync();
        var run = new ContractRun(topic.Name, target);
        try
        {
            await topic.PlayAsync(run);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            run.Note("", $": {e}");
        }

        return run.Outcomes;
    }
}
