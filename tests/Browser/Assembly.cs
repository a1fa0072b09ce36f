using McpAspire.Browser;
using McpAspire.Testing;

[assembly: AssemblyFixture(typeof(StackFixture))]
[assembly: AssemblyFixture(typeof(ChromiumFixture))]
