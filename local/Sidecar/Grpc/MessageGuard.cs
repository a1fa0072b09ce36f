using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace McpAspire.Sidecar.Grpc;

/// <summary>
/// Counts the fields of each message of a call before anything is made of them, which is before httpPipeline has said who may call.
/// An empty entry of two bytes becomes an object of some hundred: eight messages of 4 MB took 5 GB.
/// </summary>
internal sealed class MessageGuard(PipeReader messages, string path) : PipeReader, IRequestBodyPipeFeature
{
    private const int MaxFields = 100_000;
    private const int MaxDepth = 100; // that of the parser
    private const int HeaderLength = 5; // whether it is compressed, and the length

    PipeReader IRequestBodyPipeFeature.Reader => this;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => Checked(await messages.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!messages.TryRead(out result))
        {
            return false;
        }

        Checked(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => messages.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => messages.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => messages.CancelPendingRead();

    public override void Complete(Exception? exception = null) => messages.Complete(exception);

    /// <summary>The server takes whole messages: what it reads begins with one.</summary>
    private ReadResult Checked(ReadResult read)
    {
        if (Complaint(read.Buffer) is { } complaint)
        {
            messages.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            throw new RpcException(complaint);
        }

        return read;
    }

    private Status? Complaint(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < HeaderLength)
        {
            return null;
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        buffer.Slice(0, HeaderLength).CopyTo(header);
        if (header[0] != 0)
        {
            return new Status(StatusCode.Unimplemented, "compressed messages are not supported");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length <= 2 * MaxFields || buffer.Length - HeaderLength < length) // no field is shorter than two bytes
        {
            return null;
        }

        var reader = new SequenceReader<byte>(buffer.Slice(HeaderLength, length));
        var type = InputOf(path);
        var left = MaxFields;
        return HasFew(ref reader, length, type, MaxDepth, ref left) ? null : new Status(StatusCode.ResourceExhausted, $"the message has more than {MaxFields} fields");
    }

    private static MessageDescriptor InputOf(string path)
    {
        var slash = path.LastIndexOf('/');
        return new[] { Protocol.Dapr.Descriptor, DurableTask.TaskHubSidecarService.Descriptor }
            .Single(service => path.AsSpan(1, slash - 1).SequenceEqual(service.FullName))
            .FindMethodByName(path[(slash + 1)..])
            .InputType;
    }

    /// <summary>What cannot be read is left to the parser, which goes no further than that.</summary>
    private static bool HasFew(ref SequenceReader<byte> reader, long end, MessageDescriptor type, int depth, ref int left)
    {
        while (reader.Consumed < end && TryReadVarint(ref reader, out var tag))
        {
            if (--left < 0)
            {
                return false;
            }

            if (!TryReadLength(ref reader, (uint)tag & 7, out var length) || length > (ulong)(end - reader.Consumed))
            {
                reader.AdvanceToEnd();
            }
            else if (depth > 0 && ((uint)tag & 7) == 2 && type.FindFieldByNumber((int)((uint)tag >> 3)) is { FieldType: FieldType.Message } field)
            {
                if (!HasFew(ref reader, reader.Consumed + (long)length, field.MessageType, depth - 1, ref left))
                {
                    return false;
                }
            }
            else
            {
                reader.Advance((long)length);
            }
        }

        return true;
    }

    /// <summary>How much there is behind a field's tag; a number is read at once, and what is in a group comes as fields.</summary>
    private static bool TryReadLength(ref SequenceReader<byte> reader, uint wireType, out ulong length)
    {
        length = wireType switch { 1 => 8, 5 => 4, _ => 0 };
        return wireType switch
        {
            0 => TryReadVarint(ref reader, out _),
            2 => TryReadVarint(ref reader, out length),
            1 or 3 or 4 or 5 => true,
            _ => false,
        };
    }

    private static bool TryReadVarint(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (!reader.TryRead(out var next))
            {
                return false;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
