using Ppv.Protocol;
using Ppv.Testing;

namespace Ppv.Broker.Tests.Delivery;

/// <summary>
/// A Wizard that resets some UPs after booking, never answers others, and sends every answer byte by byte. Counts what it did.
/// </summary>
internal sealed class WizardFaults
{
    private readonly Random _random = new(7);
    private int _resets, _mutes;

    public int Resets => Volatile.Read(ref _resets);

    public int Mutes => Volatile.Read(ref _mutes);

    public WizardBehavior Next(WizardSimulatorRequest request)
    {
        var normal = WizardBehavior.Normal with { SplitReply = true };
        if (request.Command?.Kind != PpvCommandKind.Confirm) return normal;
        int drawn;
        lock (_random) drawn = _random.Next(100);
        switch (drawn)
        {
            case < 5:
                Interlocked.Increment(ref _resets);
                return normal with { ResetAfterBooking = true };
            case < 10:
                Interlocked.Increment(ref _mutes);
                return normal with { Stall = true };
            default:
                return normal;
        }
    }
}
