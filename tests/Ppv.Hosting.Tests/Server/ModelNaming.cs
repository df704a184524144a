using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>
/// What each call of a model asked for last, and whether it was told OK: only that may be bought for it, under the same subject. Safe for
/// use by several threads.
/// </summary>
internal sealed class ModelNaming
{
    private static readonly string?[] Subjects = [null, "a", "b"];

    private readonly Lock _lock = new();
    private readonly Dictionary<(int Call, PpvCommandKind Kind), (PpvOrder Order, bool IsTold)> _last = [];
    private readonly HashSet<(int Call, PpvCommandKind Kind)> _lost = [];
    private readonly Dictionary<int, string?> _subjects = [];
    private readonly Dictionary<int, PpvOrder> _confirms = [];
    private readonly List<(int Call, string? Subject)> _bought = [];
    private readonly List<string> _wrong = [];

    /// <summary>
    /// The purchase that the call is about: an EV begins another one at times, and some orders are of none or a wrong one.
    /// </summary>
    public string? Subject(int call, PpvCommandKind kind, Random random)
    {
        if (kind == PpvCommandKind.Event && random.Next(3) == 0) _subjects[call] = Subjects[random.Next(Subjects.Length)];
        return random.Next(12) == 0 ? Subjects[random.Next(Subjects.Length)] : _subjects.GetValueOrDefault(call);
    }

    /// <summary>An order is about to be placed, for the first time or again.</summary>
    public void Asked(int call, PpvOrder order)
    {
        lock (_lock)
        {
            if (order.Command.Kind == PpvCommandKind.Confirm) _confirms[call] = order;
            else if (!(_last.TryGetValue((call, order.Command.Kind), out var last) && last.Order.Id == order.Id))
            {
                _last[(call, order.Command.Kind)] = (order, false);
                _lost.Remove((call, order.Command.Kind));
            }
        }
    }

    /// <summary>The caller of an order is told OK.</summary>
    public void Told(int call, PpvOrder order)
    {
        lock (_lock)
        {
            var kind = (call, order.Command.Kind);
            if (_last.TryGetValue(kind, out var last) && last.Order.Id == order.Id) _last[kind] = (order, true);
            if (order.Command.Kind != PpvCommandKind.Confirm || _bought.Contains((call, order.Subject))) return;
            _wrong.Add($"call {call} was told OK under {order.Subject ?? "no subject"} and bought nothing under it");
        }
    }

    /// <summary>
    /// The worker ends with the order in hand, and its caller is told nothing. A broker would bring it again before anything else; here
    /// nobody does.
    /// </summary>
    public void LoseTrack(int call, PpvOrder order)
    {
        lock (_lock)
        {
            if (_last.Remove((call, order.Command.Kind))) _lost.Add((call, order.Command.Kind));
        }
    }

    /// <summary>
    /// The worker ends while its disk stalls: no answer waits for that longer than 2 s, so what a call was told last may be on no record.
    /// </summary>
    public void LoseTrack()
    {
        lock (_lock)
        {
            _lost.UnionWith(_last.Keys);
            _last.Clear();
        }
    }

    /// <summary>Wizard books.</summary>
    public void Booked(ModelBilling.Purchase purchase)
    {
        lock (_lock)
        {
            var call = int.Parse(purchase.Event.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture);
            var confirm = _confirms.GetValueOrDefault(call);
            _bought.Add((call, confirm?.Subject));
            foreach (var (kind, value) in ((PpvCommandKind, string)[])
                [(PpvCommandKind.Event, purchase.Event), (PpvCommandKind.Subscriber, purchase.Subscriber)])
            {
                if (_lost.Contains((call, kind))) continue;
                var (order, isTold) = _last.GetValueOrDefault((call, kind));
                if (!isTold || order.Command.Value != value || order.Subject != confirm?.Subject)
                {
                    _wrong.Add(
                        $"{value} was booked for call {call} under {confirm?.Subject ?? "no subject"}, which asked last for {order}, and "
                        + $"was {(isTold ? "told OK" : "not told OK")}");
                }
            }
        }
    }

    public void Check()
    {
        lock (_lock) _wrong.ShouldBeEmpty();
    }
}
