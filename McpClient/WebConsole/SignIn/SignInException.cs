namespace McpAspire.Client.WebConsole.SignIn;

/// <summary>A sign-in cannot start or end; the message is a sentence for the person.</summary>
internal sealed class SignInException(string message) : Exception(message);
