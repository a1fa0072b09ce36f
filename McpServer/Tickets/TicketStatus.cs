using System.Text.Json.Serialization;

namespace McpAspire.McpServer.Tickets;

[JsonConverter(typeof(JsonStringEnumConverter<TicketStatus>))]
internal enum TicketStatus
{
    [JsonStringEnumMemberName("open")]
    Open,

    [JsonStringEnumMemberName("waiting")]
    Waiting,

    [JsonStringEnumMemberName("closed")]
    Closed,
}
