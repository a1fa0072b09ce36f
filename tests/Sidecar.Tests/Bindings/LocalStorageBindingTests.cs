using System.Diagnostics;
using System.Text.Json;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Bindings;

/// <summary><c>bindings.localstorage</c>: files in its folder, and none outside.</summary>
public sealed class LocalStorageBindingTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_IsCreatedReadListedAndDeleted()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        var root = folder.PathOf("store");
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("files", "localstorage", ("rootPath", root)), Stopping);

        var created = await InvokeAsync("create", "sub/a.txt", "\"hello you\"");
        var named = await InvokeAsync("create", string.Empty, "{\"a\":1}");
        var read = await InvokeAsync("get", "sub/a.txt");
        var listed = await InvokeAsync("list", string.Empty);
        var deleted = await InvokeAsync("delete", "sub/a.txt");
        var missing = await InvokeAsync("get", "sub/a.txt");
        var empty = await InvokeAsync("list", "sub");

        Assert.Equal((200, "{\"fileName\":\"sub/a.txt\"}"), (created.Status, created.Text));
        using var name = JsonDocument.Parse(named.Body);
        Assert.Equal("{\"a\":1}", await File.ReadAllTextAsync(Path.Combine(root, name.RootElement.GetProperty("fileName").GetString()!), Stopping));
        Assert.Equal((200, "hello you"), (read.Status, read.Text));
        using var list = JsonDocument.Parse(listed.Body);
        Assert.Contains(Path.Combine(root, "sub", "a.txt"), list.RootElement.EnumerateArray().Select(file => file.GetString()));
        Assert.Equal((204, 500, "null"), (deleted.Status, missing.Status, empty.Text));
        Assert.Contains($"file not found: {root}/sub/a.txt", missing.Text, StringComparison.Ordinal);

        Task<RawResponse> InvokeAsync(string operation, string file, string data = "null")
            => BindingRig.InvokeAsync(sidecar, "files", $$$"""{"operation":"{{{operation}}}","data":{{{data}}},"metadata":{"fileName":"{{{file}}}"}}""", Stopping);
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("../../../../../../../../tmp/outside.txt")]
    [InlineData("/outside.txt")]
    [InlineData("a/../../outside.txt")]
    public async Task Name_WithDots_EndsAtTheRoot(string name)
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("files", "localstorage", ("rootPath", folder.PathOf("store"))), Stopping);

        var created = await BindingRig.InvokeAsync(sidecar, "files", $$$"""{"operation":"create","data":"mine","metadata":{"fileName":"{{{name}}}"}}""", Stopping);

        Assert.Equal(200, created.Status);
        Assert.False(File.Exists(folder.PathOf("outside.txt")));
        Assert.NotEmpty(Directory.EnumerateFiles(folder.PathOf("store"), "outside.txt", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("get", "link/secret.txt")]
    [InlineData("get", "file-link")]
    [InlineData("create", "link/new.txt")]
    [InlineData("create", "file-link")]
    [InlineData("delete", "link/secret.txt")]
    [InlineData("list", "link")]
    public async Task Link_IsNotFollowed(string operation, string name)
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        var secret = folder.Write("outside/secret.txt", "secret");
        folder.Write("store/own.txt", "own");
        File.CreateSymbolicLink(folder.PathOf("store/file-link"), secret);
        Directory.CreateSymbolicLink(folder.PathOf("store/link"), folder.PathOf("outside"));
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("files", "localstorage", ("rootPath", folder.PathOf("store"))), Stopping);

        var answer = await BindingRig.InvokeAsync(sidecar, "files", $$$"""{"operation":"{{{operation}}}","data":"mine","metadata":{"fileName":"{{{name}}}"}}""", Stopping);

        Assert.Equal(500, answer.Status);
        Assert.DoesNotContain("\"secret\"", answer.Text, StringComparison.Ordinal);
        Assert.Equal("secret", await File.ReadAllTextAsync(secret, Stopping));
        Assert.Equal(["secret.txt"], Directory.EnumerateFiles(folder.PathOf("outside")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("a\\u0000b", "\"x\"", 1)]
    [InlineData("a", "\"\\ud800\"", 1)]
    [InlineData("d/", "\"x\"", 100_000)]
    public async Task NameOrDataThatCannotBe_IsAnsweredAsAFailure(string name, string data, int times)
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("files", "localstorage", ("rootPath", folder.PathOf("store"))), Stopping);

        var answer = await BindingRig.InvokeAsync(sidecar, "files", $$$"""{"operation":"create","data":{{{data}}},"metadata":{"fileName":"{{{string.Concat(Enumerable.Repeat(name, times))}}}"}}""", Stopping);

        Assert.Equal(500, answer.Status);
        Assert.Contains("ERR_INVOKE_OUTPUT_BINDING", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("unhandled exception", sidecar.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.PathOf("store")));
    }

    [Fact]
    public async Task Pipe_IsNotWaitedFor()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        folder.Write("store/empty", string.Empty);
        using (var make = Process.Start("mkfifo", [folder.PathOf("store/pipe")]))
        {
            await make.WaitForExitAsync(Stopping);
        }

        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("files", "localstorage", ("rootPath", folder.PathOf("store"))), Stopping);

        Assert.Equal((200, string.Empty), await InvokeAsync("get", "empty"));
        Assert.Equal((200, string.Empty), await InvokeAsync("get", "pipe"));
        Assert.Equal((200, "{\"fileName\":\"pipe\"}"), await InvokeAsync("create", "pipe"));
        Assert.Equal((200, "my own"), await InvokeAsync("get", "pipe"));

        async Task<(int, string)> InvokeAsync(string operation, string file)
        {
            var answer = await BindingRig.InvokeAsync(sidecar, "files", $$$"""{"operation":"{{{operation}}}","data":"my own","metadata":{"fileName":"{{{file}}}"}}""", Stopping).WaitAsync(TimeSpan.FromSeconds(20), Stopping);
            return (answer.Status, answer.Text);
        }
    }

    [Theory]
    [InlineData("/proc/self")]
    [InlineData("/sys")]
    public async Task Root_WhereNobodyStoresFiles_IsRefused(string root)
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/all.yaml", BindingRig.Component("files", "localstorage", ("rootPath", root)));
        await using var sidecar = SidecarProcess.Launch(["--app-id", "app", "--resources-path", folder.PathOf("resources")]);

        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(1, sidecar.ExitCode);
        Assert.Contains("disallowed location", output, StringComparison.Ordinal);
    }
}
