using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Rig;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary>A component <c>keys</c> over a folder with the recorded keys, and what encrypts and decrypts with it, without a process.</summary>
internal sealed class CryptoRig : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DocumentCryptography _documents = new(new SidecarMetrics(new SidecarOptions { AppId = "app" }, MetricsSettings.Default), NullLoggerFactory.Instance);
    private readonly RuntimeSnapshot _runtime;

    public CryptoRig()
    {
        CopyKeys(_folder, "keys");
        _folder.Write("resources/keys.yaml", Component("keys", "localstorage", ("path", Keys)));
        _runtime = Loading.Load(["--app-id", "app", "--resources-path", _folder.PathOf("resources")]);
    }

    public string Keys => _folder.PathOf("keys");

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static string Component(string name, string type, params (string Name, string Value)[] metadata)
        => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: crypto.dapr.{type}\n  version: v1\n  metadata:\n{string.Concat(metadata.Select(pair => $"  - name: {pair.Name}\n    value: '{pair.Value}'\n"))}---\n";

    /// <summary>The bytes that the recorded documents were made of.</summary>
    public static byte[] Data(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7 % 251))];

    public static byte[] Recorded(string name) => File.ReadAllBytes(PathOf(name));

    public static void CopyKeys(TemporaryFolder folder, string to)
    {
        foreach (var name in (ReadOnlySpan<string>)["kek", "rsa.pem"])
        {
            folder.Write($"{to}/{name}", File.ReadAllText(PathOf(name)));
        }
    }

    public async Task<byte[]> EncryptAsync(byte[] data, string key = "kek", string algorithm = "A256KW", string cipher = "", bool omitsKeyName = false, string decryptionKeyName = "")
    {
        var options = new EncryptionOptions(key, algorithm) { Cipher = cipher, OmitsKeyName = omitsKeyName, DecryptionKeyName = decryptionKeyName };
        return await CollectAsync(_documents.EncryptAsync(_runtime, "keys", options, new Dribble(data), Stopping), []);
    }

    /// <param name="document">Encrypted.</param>
    /// <param name="key">Empty: the one that it names.</param>
    /// <param name="released">Gets what comes before an error, too.</param>
    public async Task<byte[]> DecryptAsync(byte[] document, string key = "", List<byte>? released = null)
        => await CollectAsync(_documents.DecryptAsync(_runtime, "keys", key, new Dribble(document), Stopping), released ?? []);

    public async Task<string> RefusedAsync(byte[] document, string key = "", List<byte>? released = null)
        => (await Assert.ThrowsAsync<CryptoException>(() => DecryptAsync(document, key, released))).Message;

    public void Dispose() => _folder.Dispose();

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Cryptography", "documents", name);

    private static async Task<byte[]> CollectAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> parts, List<byte> collected)
    {
        await foreach (var part in parts)
        {
            collected.AddRange(part.Span);
        }

        return [.. collected];
    }

    /// <summary>Comes in pieces of changing length, as from a network.</summary>
    private sealed class Dribble(byte[] data) : MemoryStream(data, writable: false)
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(buffer.Length, 1 + (_reads++ * 977 % 30_000))], cancellationToken);
    }
}
