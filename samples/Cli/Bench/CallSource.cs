using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Ppv.Hosting;
using Ppv.Protocol;
using Ppv.Samples.Cli.Routes;

namespace Ppv.Samples.Cli.Bench;

/// <summary>
/// Makes calls of which no two at the same time are the same: a random connection id, and event and subscriber numbers that count on from a
/// random start. Where the id chooses the line, no two calls at the same time are on one. Safe for use by several threads.
/// </summary>
/// <remarks>
/// A call holds its line until it confirms, and one that does not confirm for long after its end. So with a limit an id that did not
/// confirm is taken again by a later call: it is on the line that it has. A line on which an order was not answered rests.
/// </remarks>
internal sealed class CallSource
{
    private const int Events = 9_000_000, FirstEvent = 1_000_000;
    private const int Subscribers = 90_000_000, FirstSubscriber = 10_000_000;
    private const int RandomBytes = 6;

    // What a worker does by default; of another time it says nothing.
    private static readonly TimeSpan LineRest = new WorkerOptions().LineRest;

    private readonly Channel<BenchPlace>? _free;
    private readonly int _lines;
    private long _event = RandomNumberGenerator.GetInt32(Events);
    private long _subscriber = RandomNumberGenerator.GetInt32(Subscribers);

    private readonly TimeProvider _time;

    /// <param name="lines">How calls get their lines.</param>
    /// <param name="most">How many of them calls may have; <see langword="null"/> for all.</param>
    /// <param name="time">The clock for how long a line rests.</param>
    public CallSource(RouteLines lines, int? most, TimeProvider time)
    {
        _time = time;
        var chosen = lines is { IsByFormula: true, Count: { } count } ? count : (int?)null;
        if ((most ?? chosen) is not { } places) return;
        _free = Channel.CreateUnbounded<BenchPlace>();
        _lines = chosen ?? 0;
        places = Math.Min(places, chosen ?? places);
        // The last lines: the others are left to callers.
        for (var place = 1; place <= places; place++) _free.Writer.TryWrite(new BenchPlace(chosen is null ? null : _lines - place, null));
    }

    /// <summary>A new call, as soon as there is a line for it.</summary>
    public async ValueTask<BenchCall> TakeAsync(CancellationToken cancellationToken)
    {
        BenchPlace? place = null;
        var hasWaited = _free is not null && !_free.Reader.TryRead(out place);
        if (hasWaited) place = await _free!.Reader.ReadAsync(cancellationToken);
        return new BenchCall(
            place?.Id ?? (place?.Line is { } line ? IdOn(line) : ConnectionId.CreateRandom()),
            Number(ref _event, Events, FirstEvent), Number(ref _subscriber, Subscribers, FirstSubscriber), place, hasWaited);
    }

    /// <summary>The call is over.</summary>
    /// <param name="call">The call.</param>
    /// <param name="end">What becomes of its line.</param>
    public void Return(BenchCall call, BenchLineEnd end)
    {
        if (call.Place is not { } place) return;
        if (end == BenchLineEnd.Rests) _ = ReturnRestedAsync(place);
        else _free!.Writer.TryWrite(place with { Id = end == BenchLineEnd.Held ? call.Id : null });
    }

    private async Task ReturnRestedAsync(BenchPlace place)
    {
        await Task.Delay(LineRest, _time);
        _free!.Writer.TryWrite(place with { Id = null });
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
/// <param name="Place">The one that it has, of a limited number of them.</param>
/// <param name="HasWaited">Whether none was free when it began.</param>
internal sealed record BenchCall(ConnectionId Id, string Event, string Subscriber, BenchPlace? Place, bool HasWaited)
{
    public PpvOrder Order(PpvCommandKind kind) => kind switch
    {
        PpvCommandKind.Event => PpvOrder.Event(Id, Event),
        PpvCommandKind.Subscriber => PpvOrder.Subscriber(Id, Subscriber),
        _ => PpvOrder.Confirm(Id),
    };
}

/// <summary>What becomes of a call's line at its end.</summary>
internal enum BenchLineEnd
{
    /// <summary>It is free.</summary>
    Free,

    /// <summary>The call has it still.</summary>
    Held,

    /// <summary>A command may be unanswered on it, so that the worker gives it to nobody for a while.</summary>
    Rests,
}

/// <summary>Stands for a line that calls may have.</summary>
/// <param name="Line">The line that the id must choose, counted from 0; <see langword="null"/> where ids choose none.</param>
/// <param name="Id">The call that has the line still; <see langword="null"/> when none has.</param>
internal sealed record BenchPlace(int? Line, ConnectionId? Id);
