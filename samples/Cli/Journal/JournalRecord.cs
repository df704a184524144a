using System.Globalization;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Samples.Cli.Output;

namespace Ppv.Samples.Cli.Journal;

/// <summary>An entry of the journal, as the tool shows it.</summary>
internal sealed record JournalRecord
{
    public required string OrderId { get; init; }

    public string? ConnectionId { get; init; }

    /// <summary>EV, EN or UP, as Wizard is told it.</summary>
    public required string Command { get; init; }

    /// <summary>The event's number, or the subscriber's, which is masked unless it was asked for.</summary>
    public string? Value { get; init; }

    public string? Line { get; init; }

    public required JournalState State { get; init; }

    public string? Code { get; init; }

    public string? Reason { get; init; }

    public string? Note { get; init; }

    public string? RepeatOf { get; init; }

    /// <summary>When another worker handed it over, which took the order.</summary>
    public DateTimeOffset? HandedOverAt { get; init; }

    public string? LeaseId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required DateTimeOffset Deadline { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static JournalRecord Of(JournalEntry entry, bool unmasked)
    {
        var command = entry.Order.Command;
        return new JournalRecord
        {
            OrderId = entry.Order.Id,
            ConnectionId = entry.Order.ConnectionId?.ToString(),
            Command = command.Kind switch
            {
                PpvCommandKind.Event => "EV",
                PpvCommandKind.Subscriber => "EN",
                _ => "UP",
            },
            Value = command.Kind switch
            {
                PpvCommandKind.Confirm => null,
                PpvCommandKind.Subscriber when !unmasked => SubscriberNumber.Masked(command.Value),
                _ => command.Value,
            },
            Line = entry.Line?.ToString(),
            State = entry.State,
            Code = entry.Code,
            Reason = entry.Detail ?? entry.Reason,
            Note = entry.Note,
            RepeatOf = entry.RepeatOf,
            HandedOverAt = entry.HandedOverAt,
            LeaseId = entry.LeaseId,
            ReceivedAt = entry.ReceivedAt,
            Deadline = entry.Deadline,
            UpdatedAt = entry.UpdatedAt,
        };
    }

    /// <summary>As a row of a table.</summary>
    public string[] Row() =>
    [
        Time(ReceivedAt), OrderId, ConnectionId ?? "-", Command, Value ?? "-", Line ?? "-", State.ToString(), Code ?? "-",
    ];

    public static TextTable Table(IEnumerable<JournalRecord> records)
    {
        var table = new TextTable("received (UTC)", "order", "connid", "command", "value", "line", "state", "code");
        foreach (var record in records) table.Add(record.Row());
        return table;
    }

    /// <summary>One fact a row.</summary>
    public TextTable Facts()
    {
        var table = new TextTable();
        table.Add("order", OrderId);
        table.Add("connid", ConnectionId ?? "-");
        table.Add("command", Value is null ? Command : $"{Command} {Value}");
        table.Add("line", Line ?? "-");
        table.Add("state", State.ToString());
        if (Code is not null) table.Add("code", Code);
        if (Reason is not null) table.Add("reason", Reason);
        if (Note is not null) table.Add("note", Note);
        if (RepeatOf is not null) table.Add("repeat of", RepeatOf);
        if (HandedOverAt is { } handedOver) table.Add("handed over", $"{Time(handedOver)} UTC");
        if (LeaseId is not null) table.Add("lease", LeaseId);
        table.Add("received", $"{Time(ReceivedAt)} UTC");
        table.Add("deadline", $"{Time(Deadline)} UTC");
        table.Add("updated", $"{Time(UpdatedAt)} UTC");
        return table;
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
