using McpAspire.Benchmarks.Identity;

if (args is [PlainSigner.Argument, var port])
{
    await PlainSigner.RunAsync(int.Parse(port));
    return 0;
}

// Usage: Identity.Benchmark <path of IdentityProvider.dll> [tokens] [connections]
if (args.Length == 0 || !File.Exists(args[0]))
{
    await Console.Error.WriteLineAsync("Identity.Benchmark: the first argument is the path of IdentityProvider.dll (build it with -c Release).");
    return 1;
}

var tokens = args.Length > 1 ? int.Parse(args[1]) : 30_000;
var connections = args.Length > 2 ? int.Parse(args[2]) : 16;
Result identity;
await using (var provider = await Target.StartProviderAsync(args[0]))
{
    identity = await Load.RunAsync(provider, tokens, connections);
}

Result signer;
await using (var plain = await Target.StartPlainAsync())
{
    signer = await Load.RunAsync(plain, tokens, connections);
}

Console.WriteLine($"| {"",-44} | tokens/s | p50 ms | p99 ms | ready s | first s | MB after |");
Console.WriteLine($"|{new string('-', 46)}|---------:|-------:|-------:|--------:|--------:|---------:|");
foreach (var result in (Result[])[identity, signer])
{
    Console.WriteLine($"| {result.Name,-44} | {result.PerSecond,8:F0} | {result.Median,6:F1} | {result.Worst,6:F1} | {result.Ready,7:F2} | {result.First,7:F2} | {result.Megabytes,8:F0} |");
}

Console.WriteLine($"{tokens} tokens over {connections} connections; one plain signature endpoint is {signer.PerSecond / identity.PerSecond:F2} times as fast (at most 2 is the goal).");
Console.WriteLine($"Ready {identity.Ready:F2} s after its start (0.6 is the goal); the plain endpoint, which shows what this machine needs now, {signer.Ready:F2} s.");
Console.WriteLine("\"first\" is the first token after that, which waits for the signing key: making one takes 0.06 to 0.3 s, as chance has it.");
return 0;
