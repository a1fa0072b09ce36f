namespace McpAspire.IdentityProvider.Hosting;

/// <summary>Something in the environment or a file stops the start. The message is for people: it is printed as it is.</summary>
internal class StartupException(string message) : Exception(message);
