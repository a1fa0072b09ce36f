using System.Buffers.Binary;
using System.Text;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>A span as it was exported: as much of OTLP's protobuf as these tests look at.</summary>
internal sealed record OtlpSpan(
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    int Kind,
    string Scope,
    int StatusCode,
    string StatusMessage,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyDictionary<string, string> Resource,
    int Events)
{
    public static IEnumerable<OtlpSpan> ReadAll(byte[] request)
    {
        foreach (var resourceSpans in Fields(request).Where(field => field.Number == 1))
        {
            var fields = Fields(resourceSpans.Bytes).ToArray();
            var resource = fields.Where(field => field.Number == 1).SelectMany(field => Fields(field.Bytes)).Where(field => field.Number == 1);
            var attributes = Pairs(resource);
            foreach (var scopeSpans in fields.Where(field => field.Number == 2).Select(field => Fields(field.Bytes).ToArray()))
            {
                var scope = scopeSpans.Where(field => field.Number == 1).SelectMany(field => Fields(field.Bytes)).FirstOrDefault(field => field.Number == 1);
                foreach (var span in scopeSpans.Where(field => field.Number == 2))
                {
                    yield return Read(Fields(span.Bytes).ToArray(), Text(scope), attributes);
                }
            }
        }
    }

    private static OtlpSpan Read(Field[] fields, string scope, IReadOnlyDictionary<string, string> resource)
    {
        var status = fields.Where(field => field.Number == 15).SelectMany(field => Fields(field.Bytes)).ToArray();
        return new OtlpSpan(
            Hex(fields, 1),
            Hex(fields, 2),
            Hex(fields, 4),
            Text(fields.FirstOrDefault(field => field.Number == 5)),
            (int)fields.FirstOrDefault(field => field.Number == 6).Value,
            scope,
            (int)status.FirstOrDefault(field => field.Number == 3).Value,
            Text(status.FirstOrDefault(field => field.Number == 2)),
            Pairs(fields.Where(field => field.Number == 9)),
            resource,
            fields.Count(field => field.Number == 11));
    }

    private static Dictionary<string, string> Pairs(IEnumerable<Field> pairs)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs.Select(pair => Fields(pair.Bytes).ToArray()))
        {
            var value = pair.Where(field => field.Number == 2).SelectMany(field => Fields(field.Bytes)).FirstOrDefault();
            attributes[Text(pair.First(field => field.Number == 1))] = value.Number == 1 ? Text(value) : $"{value.Value}";
        }

        return attributes;
    }

    private static string Hex(Field[] fields, int number)
        => Convert.ToHexStringLower(fields.FirstOrDefault(field => field.Number == number).Bytes);

    private static string Text(Field field) => Encoding.UTF8.GetString(field.Bytes);

    private static IEnumerable<Field> Fields(byte[] message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint(message, ref at);
            var number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    yield return new Field(number, Varint(message, ref at), null);
                    break;
                case 1:
                    yield return new Field(number, BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at, 8)), null);
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    yield return new Field(number, 0, message[at..(at + length)]);
                    at += length;
                    break;
                default:
                    yield return new Field(number, BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at, 4)), null);
                    at += 4;
                    break;
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private readonly record struct Field(int Number, ulong Value, byte[]? Content)
    {
        public byte[] Bytes => Content ?? [];
    }
}
