namespace Aspire.Hosting.Engine;

/// <summary>Whether a test runs the application: then nothing is printed and nothing is left behind.</summary>
internal sealed record EngineMode(bool IsInTest);
