using Ppv.Hosting.Worker.Journal;
using Ppv.Protocol.Text;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Worker;

/// <summary>
/// The records of confirms that were not sent, and are no refusals: repeats, and what may have been sent before. A client can have as many
/// of them as it likes, so only some of each client's are kept for long. Safe for use by several threads.
/// </summary>
internal sealed class UnsentRecords(TimeProvider timeProvider, PlainLogger logger)
{
    /// <summary>More than one worker can leave to the next one.</summary>
    public const int AtOnce = 1_000;

    private const int MaxClients = 1_000;

    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly Allowances<string> _allowances = new(AtOnce, Every, timeProvider, MaxClients);
    private readonly StrangersLog _log = new(logger, timeProvider);

    /// <summary>The record of one more.</summary>
    public JournalEntry Of(JournalEntry confirm)
    {
        if (_allowances.TryTake(confirm.Order.Owner ?? "")) return confirm;
        ServerLog.TooManyUnsent(_log, confirm.OrderId);
        return JournalRules.KeptBriefly(confirm);
    }
}
