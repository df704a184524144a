using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Ppv.Protocol;

namespace Ppv.Samples.Cli.Bench;

/// <summary>
/// Makes calls of which no two are the same: a random connection id, and event and subscriber numbers that count on from a random start.
/// Where the id chooses the line, no two calls at the same time are on one. Safe for use by several threads.
/// </summary>
internal sealed class CallSource
{
    private const int Events = 9_000_000, FirstEvent = 1_000_000;
    private const int Subscribers = 90_000_000, FirstSubscriber = 10_000_000;
    private const int RandomBytes = 6;

    private readonly Channel<int>? _free;
    private readonly int _lines;
    private long _event = RandomNumberGenerator.GetInt32(Events);
    private long _subscriber = RandomNumberGenerator.GetInt32(Subscribers);

    /// <param name="lines">How many lines the ids choose among; <see langword="null"/> when they choose none.</param>
    public CallSource(int? lines)
    {
        if (lines is not { } count) return;
        (_lines, _free) = (count, Channel.CreateUnbounded<int>());
        for (var line = 0; line < count; line++) _free.Writer.TryWrite(line);
    }

    /// <summary>A new call, as soon as there is a line for it.</summary>
    public async ValueTask<BenchCall> TakeAsync(CancellationToken cancellationToken)
    {
        int? line = _free is null ? null : await _free.Reader.ReadAsync(cancellationToken);
        return new BenchCall(
            line is { } number ? IdOn(number) : ConnectionId.CreateRandom(),
            Number(ref _event, Events, FirstEvent), Number(ref _subscriber, Subscribers, FirstSubscriber), line);
    }

    /// <summary>The call is over, and its line free.</summary>
    public void Return(BenchCall call)
    {
        if (call.Line is { } line) _free!.Writer.TryWrite(line);
    }

    // The old formula takes the rest of the division by the number of lines.
    private ConnectionId IdOn(int line)
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        random.Clear();
        RandomNumberGenerator.Fill(random[..RandomBytes]);
        var number = (BitConverter.ToUInt64(random) * (ulong)_lines) + (ulong)line;
        return ConnectionId.Parse(number.ToString("x16", CultureInfo.InvariantCulture));
    }

    private static string Number(ref long last, int count, int first) =>
        ((Interlocked.Increment(ref last) % count) + first).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A call that is to be placed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Event">The event.</param>
/// <param name="Subscriber">The subscriber.</param>
/// <param name="Line">The line that the id chooses, counted from 0, where it does.</param>
internal sealed record BenchCall(ConnectionId Id, string Event, string Subscriber, int? Line)
{
    public PpvOrder Order(PpvCommandKind kind) => kind switch
    {
        PpvCommandKind.Event => PpvOrder.Event(Id, Event),
        PpvCommandKind.Subscriber => PpvOrder.Subscriber(Id, Subscriber),
        _ => PpvOrder.Confirm(Id),
    };
}
