using System.Text.Json.Serialization;

namespace McpAspire.McpServer.Tickets;

[JsonConverter(typeof(JsonStringEnumConverter<TicketPriority>))]
internal enum TicketPriority
{
    [JsonStringEnumMemberName("low")]
    Low,

    [JsonStringEnumMemberName("normal")]
    Normal,

    [JsonStringEnumMemberName("high")]
    High,

    [JsonStringEnumMemberName("urgent")]
    Urgent,
}
