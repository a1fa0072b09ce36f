namespace McpAspire.Sidecar.PubSub;

/// <summary>The content types that Dapr tells apart; parameters behind a semicolon do not matter.</summary>
internal static class ContentTypes
{
    public const string CloudEvent = "application/cloudevents+json";
    public const string Json = "application/json";
    public const string Binary = "application/octet-stream";

    private const string CloudEventProtobuf = "application/cloudevents+protobuf";

    public static bool IsCloudEvent(string type) => Is(type, CloudEvent);

    public static bool IsJson(string type) => Is(type, Json);

    public static bool IsBinary(string type) => Is(type, Binary) || Is(type, CloudEventProtobuf);

    public static bool IsText(string type) => type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || Is(type, "application/xml");

    private static bool Is(string type, string expected)
    {
        var semicolon = type.IndexOf(';', StringComparison.Ordinal);
        return type.AsSpan(0, semicolon < 0 ? type.Length : semicolon).Equals(expected, StringComparison.OrdinalIgnoreCase);
    }
}
