using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Parameters;

namespace Aspire.Hosting.Tests;

public sealed class ParameterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hosting-tests-").FullName;

    private string SecretsPath => Path.Combine(_folder, "id", "secrets.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_ParametersWithoutValue_NamesAllOfThem()
    {
        await using var builder = TestApp.Create();
        builder.AddParameter("first");
        builder.AddParameter("second-one", secret: true);
        await using var app = await builder.BuildAsync(TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<MissingParameterValueException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Parameters:first", error.Message, StringComparison.Ordinal);
        Assert.Contains("Parameters__second_one", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Parameters:my-word=configured")]
    [InlineData("--Parameters:my_word=configured")]
    public async Task Value_Configured_WinsOverEveryDefault(string argument)
    {
        await using var builder = TestApp.Create(argument);
        var parameter = builder.AddParameter("my-word", "default");
        var generated = builder.CreateResourceBuilder(builder.AddParameter("other", new GenerateParameterDefault { MinLength = 10 }).Resource);

        Assert.Equal("configured", await parameter.Resource.GetValueAsync(TestContext.Current.CancellationToken));
        Assert.Equal(10, (await generated.Resource.GetValueAsync(TestContext.Current.CancellationToken))!.Length);
    }

    [Fact]
    public async Task Value_Generated_IsTheSameEveryTime()
    {
        await using var builder = TestApp.Create();
        var parameter = builder.AddParameter("word", new GenerateParameterDefault { MinLength = 30 }).Resource;

        Assert.Equal(
            await parameter.GetValueAsync(TestContext.Current.CancellationToken),
            await parameter.GetValueAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Generate_WithRules_FollowsThem()
    {
        var value = new GenerateParameterDefault { MinLength = 40, Special = false, MinNumeric = 5, MinUpper = 3 }.GetDefaultValue();

        Assert.Equal(40, value.Length);
        Assert.All(value, c => Assert.True(char.IsAsciiLetterOrDigit(c)));
        Assert.True(value.Count(char.IsDigit) >= 5);
        Assert.True(value.Count(char.IsUpper) >= 3);
    }

    [Fact]
    public void Generate_WithoutRules_HasEnoughRandomness()
        => Assert.True(new GenerateParameterDefault().GetDefaultValue().Length >= 20);

    [Fact]
    public async Task UserSecrets_TwoRunsAtOnce_KeepOneValue()
    {
        var values = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => new UserSecretsFile(SecretsPath).GetOrAdd("Parameters:word", () => Guid.NewGuid().ToString()))));

        Assert.Single(values.Distinct());
        Assert.Equal(values[0], JsonNode.Parse(await File.ReadAllTextAsync(SecretsPath, TestContext.Current.CancellationToken))!["Parameters:word"]!.GetValue<string>());
    }

    [Fact]
    public void UserSecrets_OtherSecrets_StayAndFileIsPrivate()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SecretsPath)!);
        File.WriteAllText(SecretsPath, """{ "Other": "kept" /* a comment */ }""");

        new UserSecretsFile(SecretsPath).GetOrAdd("Parameters:word", () => "new");

        Assert.Equal("kept", JsonNode.Parse(File.ReadAllText(SecretsPath))!["Other"]!.GetValue<string>());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SecretsPath));
        }
    }

    [Fact]
    public void UserSecrets_DamagedFile_SaysWhich()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SecretsPath)!);
        File.WriteAllText(SecretsPath, "{ not json");

        var error = Assert.Throws<DistributedApplicationException>(() => new UserSecretsFile(SecretsPath).GetOrAdd("a", () => "b"));

        Assert.Contains(SecretsPath, error.Message, StringComparison.Ordinal);
        Assert.Equal("{ not json", File.ReadAllText(SecretsPath));
    }

    [Fact]
    public async Task Secret_PrintedByAProcess_IsMaskedInItsLog()
    {
        await using var builder = TestApp.Create("--Parameters:word=very-secret-word");
        var word = builder.AddParameter("word", secret: true);
        builder.AddShell("one", "echo \"word=$WORD.\"; echo done").WithEnvironment("WORD", word);
        await using var app = await builder.StartAsync();

        Assert.EndsWith("word=*****.", await app.WaitForLogAsync("one", "word="), StringComparison.Ordinal);
    }
}
