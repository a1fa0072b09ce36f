using McpAspire.Testing;

[assembly: AssemblyFixture(typeof(StackFixture))]
