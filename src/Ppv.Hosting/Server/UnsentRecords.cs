using Ppv.Protocol.Text;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting;

/// <summary>
/// How many confirms are recorded for a client that were not sent, and are no refusals: repeats, and what may have been sent before.
/// Whoever can send orders can have as many of them as he likes, and each is kept for long. Safe for use by several threads.
/// </summary>
internal sealed class UnsentRecords(TimeProvider timeProvider, PlainLogger logger)
{
    /// <summary>More than one worker can leave to the next one.</summary>
    public const int AtOnce = 1_000;

    private const int MaxClients = 1_000;

    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly Allowances<string> _allowances = new(AtOnce, Every, timeProvider, MaxClients);
    private readonly StrangersLog _log = new(logger, timeProvider);

    /// <summary>Whether one more is recorded. Who has too many is told the same.</summary>
    public bool TryTake(JournalEntry confirm)
    {
        if (_allowances.TryTake(confirm.Order.Owner ?? "")) return true;
        ServerLog.TooManyUnsent(_log, confirm.OrderId);
        return false;
    }
}
