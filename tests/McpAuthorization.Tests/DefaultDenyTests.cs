using System.Net;
using McpAspire.McpAuthorization.Policies;
using McpAspire.McpAuthorization.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace McpAspire.McpAuthorization.Tests;

public sealed class DefaultDenyTests
{
    private const string Everything = "sub=alice;scope=things:read things:write billing";

    [Theory]
    [InlineData("forgotten")]
    [InlineData("contradictory")]
    public async Task Tool_WithoutAClearPolicy_IsRefusedWhateverTheScopes(string tool)
    {
        await using var server = await ProtectedServer.StartAsync();

        using var response = await server.CallAsync(tool, Everything);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal($"The tool '{tool}' is not open to anybody: no policy names it.", await ProtectedServer.ErrorAsync(response));
        Assert.Empty(response.Headers.WwwAuthenticate);
        Assert.Empty(server.Ran);
        Assert.Equal(RefusalReasons.NoPolicy, Assert.Single(server.Auditor.Calls).Reason);
    }

    [Fact]
    public async Task Tool_WithoutAPolicy_IsReportedAtStart()
    {
        var logs = new FakeLogCollector();
        await using var server = await ProtectedServer.StartAsync(services: services => services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(logs))));

        var reported = logs.GetSnapshot().Where(record => record.Level == LogLevel.Error).Select(record => record.Message).ToList();

        Assert.Equal(2, reported.Count);
        Assert.Contains(reported, message => message.StartsWith("Tool forgotten has no policy", StringComparison.Ordinal));
        Assert.Contains(reported, message => message.StartsWith("Tool contradictory has no policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tool_NamedInTheOptions_NeedsNoAttribute()
    {
        await using var server = await ProtectedServer.StartAsync(options => options.ToolPolicies["forgotten"] = ToolPolicy.Scopes("billing"));

        using var allowed = await server.CallAsync("forgotten", "sub=alice;scope=billing");
        using var refused = await server.CallAsync("forgotten", "sub=alice;scope=things:write");

        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(["forgotten"], server.Ran);
    }

    [Fact]
    public async Task Tool_WithTwoScopes_NeedsBoth()
    {
        await using var server = await ProtectedServer.StartAsync();

        using var one = await server.CallAsync("read_and_bill", "sub=alice;scope=billing");
        using var both = await server.CallAsync("read_and_bill", "sub=alice;scope=things:write billing");

        Assert.Contains("scope=\"billing things:read\"", one.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, both.StatusCode);
    }

    [Fact]
    public async Task Start_WithAToolThatDemandsAnUndeclaredScope_FailsWithASentence()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ProtectedServer.StartAsync(services: services => services
            .AddMcpServer().WithTools<Misspelt>()));

        Assert.Equal("The tool 'misspelt' demands the scope 'thing:read', which nobody can be granted; declared are: things:read, things:write, billing.", Assert.Single(failure.Failures));
    }

    private sealed class Misspelt
    {
        [ModelContextProtocol.Server.McpServerTool(Name = "misspelt"), RequiresScope("thing:read")]
        public static string Run() => "";
    }
}
