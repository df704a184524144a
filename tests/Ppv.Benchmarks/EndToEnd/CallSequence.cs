using System.Globalization;

namespace Ppv.Benchmarks.EndToEnd;

/// <summary>Whole calls, each with an id of its own: EV, EN, CONFIRM, as many orders as are asked for.</summary>
internal sealed class CallSequence(int gatewayPort) : IDisposable
{
    private static readonly (string Command, string Value)[] Call = [("EV", "262193"), ("EN", "85165320"), ("CONFIRM", "UP")];

    private readonly List<Caller> _callers = [];
    private long _calls = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() << 16;

    public void Dispose() => _callers.ForEach(caller => caller.Dispose());

    /// <summary>Places orders until somebody ends it; the callers' connections stay for the next time.</summary>
    /// <param name="callers">How many place calls at a time.</param>
    /// <param name="goesOn">Asked before each call.</param>
    /// <param name="answered">Told of each answer: which caller got it, and when its request was begun.</param>
    public async Task PlaceAsync(int callers, Func<bool> goesOn, Action<int, long>? answered = null)
    {
        while (_callers.Count < callers)
        {
            _callers.Add(new Caller());
            await _callers[^1].ConnectAsync(gatewayPort);
        }

        await Task.WhenAll(Enumerable.Range(0, callers).Select(number => Task.Run(async () =>
        {
            while (goesOn())
            {
                var connid = Interlocked.Increment(ref _calls).ToString("x16", CultureInfo.InvariantCulture);
                foreach (var (command, value) in Call)
                {
                    var request = Caller.Request(connid, command, value);
                    var begun = TimeProvider.System.GetTimestamp();
                    await _callers[number].PlaceAsync(request);
                    answered?.Invoke(number, begun);
                }
            }
        })));
    }

    /// <summary>Places so many orders, or up to two more.</summary>
    public Task PlaceAsync(int callers, int orders)
    {
        var left = orders;
        return PlaceAsync(callers, () => Interlocked.Add(ref left, -Call.Length) > -Call.Length);
    }
}
