using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ppv.Hosting.Worker.Journal;
using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines.Handover;

/// <summary>Orders on record in few bytes: a line of JSON for each, compressed. Of subscribers' numbers it has fingerprints only.</summary>
internal static partial class OrderPack
{
    /// <summary>The most orders that are handed over.</summary>
    public const int MaxOrders = 100_000;

    // What Unpack takes: far more than 100,000 orders have. Whoever can write to the record's queue could fill the memory else.
    private const int MaxUnpacked = 128 * 1024 * 1024;

    // What the compressor may add to what it is given, and how much it is given before it is looked at what became of it.
    private const int Overhead = 64, Step = 64 * 1024;

    private static ReadOnlySpan<byte> LineEnd => "\n"u8;

    /// <summary>Packs as many as fit, from the first one on.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="maxBytes">How long the result may be.</param>
    /// <param name="isTimeUp">Asked now and then: whether what was packed by then has to do.</param>
    /// <param name="count">How many are in it.</param>
    public static byte[] Pack(IReadOnlyList<JournalEntry> entries, int maxBytes, Func<bool> isTimeUp, out int count)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, new BrotliCompressionOptions { Quality = 4 }, leaveOpen: true))
        {
            var pending = 0;
            for (count = 0; count < entries.Count; count++)
            {
                var line = JsonSerializer.SerializeToUtf8Bytes(Line.Of(entries[count]), OrderPackContext.Default.Line);
                if (pending > Step || packed.Length + pending + line.Length + Overhead > maxBytes)
                {
                    brotli.Flush();
                    pending = 0;
                    if (packed.Length + line.Length + Overhead > maxBytes || isTimeUp()) break;
                }

                brotli.Write(line);
                brotli.Write(LineEnd);
                pending += line.Length + 1;
            }
        }

        return packed.ToArray();
    }

    /// <exception cref="FormatException">They are no such orders.</exception>
    public static List<JournalEntry> Unpack(byte[] packed)
    {
        try
        {
            using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
            using var text = new MemoryStream();
            var buffer = new byte[Step];
            while (brotli.Read(buffer) is > 0 and var read)
            {
                text.Write(buffer, 0, read);
                if (text.Length > MaxUnpacked) throw new FormatException("The handover's orders are too long.");
            }

            return Read(text.GetBuffer().AsSpan(0, (int)text.Length));
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or JsonException or ArgumentException)
        {
            throw new FormatException($"The handover's orders can't be read: {e.Message}", e);
        }
    }

    private static List<JournalEntry> Read(ReadOnlySpan<byte> text)
    {
        var entries = new List<JournalEntry>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (!text.IsEmpty)
        {
            var end = text.IndexOf(LineEnd);
            if (end < 0) throw new FormatException("The handover's orders end in the middle of one.");
            var entry = (JsonSerializer.Deserialize(text[..end], OrderPackContext.Default.Line)
                ?? throw new FormatException("The handover has an order that is none.")).ToEntry();
            if (!ids.Add(entry.OrderId)) throw new FormatException($"The handover has order {entry.OrderId} twice.");
            if (entries.Count == MaxOrders) throw new FormatException("The handover has too many orders.");
            entries.Add(entry);
            text = text[(end + 1)..];
        }

        return entries;
    }

    private sealed record Line
    {
        public required string Id { get; init; }

        public string? Call { get; init; }

        public required PpvCommandKind Kind { get; init; }

        public string? Value { get; init; }

        public string? Subject { get; init; }

        public int? WizardLine { get; init; }

        public string? Lease { get; init; }

        public required JournalState State { get; init; }

        public string? Code { get; init; }

        public string? Reason { get; init; }

        public string? Detail { get; init; }

        public string? RepeatOf { get; init; }

        public string? Note { get; init; }

        /// <summary>In milliseconds of Unix time, as is <see cref="Changed"/>.</summary>
        public required long Received { get; init; }

        public required long Changed { get; init; }

        public static Line Of(JournalEntry entry)
        {
            var command = SubscriberFingerprint.Hide(entry.Order).Command;
            return new Line
            {
                Id = entry.OrderId,
                Call = entry.Order.ConnectionId?.ToString(),
                Kind = command.Kind,
                Value = entry.IsConfirm ? null : command.Value,
                Subject = entry.Order.Subject,
                WizardLine = entry.Line?.Value,
                Lease = entry.LeaseId,
                State = entry.State,
                Code = entry.Code,
                Reason = entry.Reason,
                Detail = entry.Detail,
                RepeatOf = entry.RepeatOf,
                Note = entry.Note,
                Received = entry.ReceivedAt.ToUnixTimeMilliseconds(),
                Changed = entry.UpdatedAt.ToUnixTimeMilliseconds(),
            };
        }

        /// <exception cref="ArgumentException">A part of it can't be.</exception>
        public JournalEntry ToEntry()
        {
            if (!Enum.IsDefined(State) || State == JournalState.Intent)
                throw new ArgumentException($"\"{State}\" is no state of an order.");
            var received = DateTimeOffset.FromUnixTimeMilliseconds(Received);
            return new JournalEntry
            {
                Order = new PpvOrder(Call is null ? null : ConnectionId.Parse(Call), Command()) { Id = Id, Subject = Subject },
                Deadline = received,
                ReceivedAt = received,
                UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(Changed),
                Line = WizardLine is { } line ? new LineNumber(line) : null,
                LeaseId = Lease,
                State = State,
                Code = Code,
                Reason = Reason,
                Detail = Detail,
                RepeatOf = RepeatOf,
                Note = Note,
            };
        }

        private PpvCommand Command() => Kind switch
        {
            PpvCommandKind.Event => PpvCommand.Event(Value!),
            PpvCommandKind.Subscriber => PpvCommand.Subscriber(Value!),
            PpvCommandKind.Confirm => PpvCommand.Confirm,
            _ => throw new ArgumentException($"\"{Kind}\" is no command."),
        };
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        UseStringEnumConverter = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(Line))]
    private sealed partial class OrderPackContext : JsonSerializerContext;
}
