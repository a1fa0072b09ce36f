using System.Text.Json.Nodes;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Middleware.Bearer;
using McpAspire.Sidecar.Tests.Rig;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.Sidecar.Tests.Middleware;

/// <summary>A token that was found good once is not checked again; whatever can make it bad later still counts.</summary>
public sealed class TokenValidatorTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly FakeProvider _provider = new();
    private readonly HttpMessageInvoker _http = HttpClients.ForBackchannel();
    private readonly TokenValidator _validator;
    private readonly ProviderKeys _keys;

    public TokenValidatorTests()
    {
        _keys = new ProviderKeys(_http, _provider.Issuer, jwksUrl: null, _clock, NullLogger.Instance);
        _validator = new TokenValidator(_keys, _provider.Issuer, FakeProvider.Audience, TimeSpan.FromMinutes(5), _clock);
    }

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_FoundGood_EndsAtItsTime()
    {
        await _keys.RefreshForUnknownKeyAsync(Stopping);
        var token = _provider.Key.Sign(_provider.Claims());

        Assert.Equal(TokenVerdict.Valid, await _validator.ValidateAsync(token, Stopping));
        _clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(TokenVerdict.Valid, await _validator.ValidateAsync(token, Stopping));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(token, Stopping));
    }

    [Fact]
    public async Task Token_FoundGood_EndsWithItsKey()
    {
        await _keys.RefreshForUnknownKeyAsync(Stopping);
        var token = _provider.Key.Sign(_provider.Claims());
        Assert.Equal(TokenVerdict.Valid, await _validator.ValidateAsync(token, Stopping));

        using var second = new SigningKey("key-2");
        _provider.Keys.Clear();
        _provider.Keys.Add(second);
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(TokenVerdict.Valid, await _validator.ValidateAsync(second.Sign(_provider.Claims()), Stopping));
        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(token, Stopping));
    }

    /// <summary>What is known of a header is of that very string alone, and ends with the token's time.</summary>
    [Fact]
    public async Task Header_ThatWasRecognized_IsRecalled_UntilItsTokenEnds()
    {
        await _keys.RefreshForUnknownKeyAsync(Stopping);
        var token = _provider.Key.Sign(_provider.Claims());
        var header = $"Bearer {token}";
        Assert.Null(_validator.Recall(header)); // nothing was validated yet

        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(token + "x", Stopping, header));
        Assert.Null(_validator.Recall(header));

        await _validator.ValidateAsync(token, Stopping, header);
        Assert.Equal(TokenVerdict.Valid, _validator.Recall(header));
        Assert.Null(_validator.Recall($"Bearer {token}"));

        _clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(TokenVerdict.Invalid, _validator.Recall(header));
    }

    [Fact]
    public async Task Header_ThatWasRecognized_IsForgotten_WithTheKeys()
    {
        await _keys.RefreshForUnknownKeyAsync(Stopping);
        var token = _provider.Key.Sign(_provider.Claims());
        var header = $"Bearer {token}";
        await _validator.ValidateAsync(token, Stopping, header);

        using var second = new SigningKey("key-2");
        _provider.Keys.Clear();
        _provider.Keys.Add(second);
        _clock.Advance(TimeSpan.FromSeconds(10));
        await _validator.ValidateAsync(second.Sign(_provider.Claims()), Stopping);

        Assert.Null(_validator.Recall(header));
        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(token, Stopping));
    }

    /// <summary>A JWK is its n and e (RFC 7518 §6.3.1): .NET would take the key of the certificate beside them.</summary>
    [Fact]
    public async Task Certificate_OfAnotherKey_IsNotTheKey()
    {
        using var other = new SigningKey("key-1");
        _provider.Key.Certificate = other.SelfSign();
        await _keys.RefreshForUnknownKeyAsync(Stopping);

        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(other.Sign(_provider.Claims()), Stopping));
        Assert.Equal(TokenVerdict.Valid, await _validator.ValidateAsync(_provider.Key.Sign(_provider.Claims()), Stopping));
    }

    /// <summary>Or a withdrawn key would be good for ever.</summary>
    [Theory]
    [InlineData("/relative")]
    [InlineData("ftp://127.0.0.1/keys")]
    [InlineData("http://127.0.0.1:1:2/keys")]
    [InlineData("http://")]
    [InlineData("")]
    public async Task Keys_AreStillRefreshed_AfterAnAnswerThatMakesNoSense(string keySet)
    {
        _provider.KeySetUrl = keySet;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        var refreshing = _keys.RunAsync(end.Token);
        await Eventually.TrueAsync(() => !_provider.Requests.IsEmpty, "discovery was asked", Stopping);

        _provider.KeySetUrl = null;
        await Eventually.TrueAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(2));
                return _keys.IsReady;
            },
            "the keys are there",
            Stopping);

        Assert.False(refreshing.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refreshing);
    }

    [Fact]
    public async Task Token_OneCharacterOffAGoodOne_IsRefused()
    {
        await _keys.RefreshForUnknownKeyAsync(Stopping);
        var token = _provider.Key.Sign(_provider.Claims());
        Assert.Equal(TokenVerdict.Valid, await _validator.ValidateAsync(token, Stopping));

        var signature = token.LastIndexOf('.') + 1;
        foreach (var place in (int[])[signature - 5, signature, token.Length - 20])
        {
            var altered = $"{token[..place]}{(token[place] == 'A' ? 'B' : 'A')}{token[(place + 1)..]}";
            Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(altered, Stopping));
        }

        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync($"{token} ", Stopping));
    }

    /// <summary>The library throws at the five parts of an encrypted token, and lets the others pass.</summary>
    [Theory]
    [InlineData("crit", "[\"exp\"]")]
    [InlineData("crit", "[\"mine\"]")]
    [InlineData("crit", "null")]
    [InlineData("b64", "false", "crit", "[\"b64\"]")]
    public async Task Token_ThatAsksForMoreThanIsKnown_IsRefused(params string[] headers)
    {
        await _keys.RefreshForUnknownKeyAsync(Stopping);
        var token = _provider.Key.Sign(_provider.Claims(), more: headers.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], JsonNode.Parse(pair[1]))));

        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(token, Stopping));
    }

    [Theory]
    [InlineData(".b.c.d")]
    [InlineData(".b.c.d.e")]
    [InlineData(".!.!.!.!")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task Token_OfOtherParts_IsRefused(string rest)
    {
        await _keys.RefreshForUnknownKeyAsync(Stopping);
        var token = _provider.Key.Sign(_provider.Claims());

        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(token[..token.IndexOf('.', StringComparison.Ordinal)] + rest, Stopping));
        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(token + rest, Stopping));
    }

    [Theory]
    [InlineData("iat", 360)]
    [InlineData("nbf", 360)]
    [InlineData("iat", long.MaxValue - 2_000_000_000)]
    public async Task Token_FromTheFuture_IsRefused_EveryTime(string claim, long ahead)
    {
        await _keys.RefreshForUnknownKeyAsync(Stopping);
        var token = _provider.Key.Sign(_provider.Claims(claims => claims[claim] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + ahead));

        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(token, Stopping));
        Assert.Equal(TokenVerdict.Invalid, await _validator.ValidateAsync(token, Stopping));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _provider.DisposeAsync();
    }
}
