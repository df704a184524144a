using Ppv.Protocol;
using Ppv.Protocol.Text;
using Ppv.Rpc;
using Ppv.Rpc.Messages;

namespace Ppv.Hosting.Worker;

/// <summary>
/// What a caller is told of an order. Each answer has a maker of its own that asks for what proves it: that an order was not executed needs
/// more than that it was not sent this time. Immutable.
/// </summary>
internal sealed record OrderAnswer
{
    private OrderAnswer(string code, RpcOutcome outcome, Reason? reason) => (Code, Outcome, Why) = (code, outcome, reason);

    /// <summary>Wizard's text, or a code of ours.</summary>
    public string Code { get; }

    /// <summary>What is known.</summary>
    public RpcOutcome Outcome { get; }

    /// <summary>Why it is not completed; <see langword="null"/> when it is.</summary>
    public Reason? Why { get; private init; }

    /// <summary>Whether it is of an earlier request under the order's id.</summary>
    public PriorUse Prior { get; private init; }

    /// <summary>Whether Wizard has said OK.</summary>
    public bool IsOk => Outcome == RpcOutcome.Completed && Code == ResultCodes.Ok;

    /// <summary>Wizard answered.</summary>
    public static OrderAnswer Completed(string text) => new(text, RpcOutcome.Completed, null);

    /// <summary>Nobody knows.</summary>
    public static OrderAnswer Unknown(string code, Reason reason) => new(code, RpcOutcome.Unknown, reason);

    /// <summary>It was not sent this time: not executed where the id has no past, else unknown.</summary>
    public static OrderAnswer NotSent(string code, NotSent attempt, NewId? id)
    {
        var (outcome, reason) = attempt.Tell(id);
        return new OrderAnswer(code, outcome, reason);
    }

    /// <summary>
    /// Another order has the id, and an id stays with the order that had it first. So nothing was executed for this one, where the record
    /// that says so has the id's whole past. Not so a confirm whose id another confirm has: its caller may have lost the call's name only.
    /// </summary>
    public static OrderAnswer IdOfAnother(string code, PpvOrder other, PpvOrder refused, NewId? covered)
    {
        var reason = Reason.Of("Another order had this id before; every order needs an id of its own.");
        var mayBeSame = other.Subject == refused.Subject || other.Subject is null || refused.Subject is null;
        return other.Command == refused.Command && other.Command == PpvCommand.Confirm && mayBeSame
            ? new(code, RpcOutcome.Unknown, Reason.Of($"{reason} It was a confirm too; ask for its status.")) { Prior = PriorUse.Other }
            : NotSent(code, new NotSent(reason), covered) with { Prior = PriorUse.Other };
    }

    /// <summary>
    /// The answer to an order that is repeated, as the journal has it; <see langword="null"/> when the record does not say that Wizard was,
    /// or was not, asked.
    /// </summary>
    public static OrderAnswer? OnRecord(JournalEntry entry, WorkerOptions server) => entry.State switch
    {
        JournalState.Completed => Recorded(entry.Code ?? ResultCodes.Ok, RpcOutcome.Completed, null),
        JournalState.SettledBought => Recorded(ResultCodes.Ok, RpcOutcome.Completed, null),
        JournalState.NotExecuted =>
            Recorded(entry.Code ?? server.WizardUnavailableCode, RpcOutcome.NotExecuted,
                Reason.Said(entry.Reason ?? "Wizard was not asked.", entry.Detail)),
        JournalState.SettledNotBought =>
            Recorded(server.WizardUnavailableCode, RpcOutcome.NotExecuted,
                Reason.Of("An operator has found that nothing was bought.")),
        JournalState.Intent or JournalState.Unknown =>
            Recorded(server.WizardUnavailableCode, RpcOutcome.Unknown, JournalAnswers.ReasonOf(entry)),
        _ => null,
    };

    /// <summary>The same answer for another reason.</summary>
    public OrderAnswer Because(Reason reason) => this with { Why = reason };

    private static OrderAnswer Recorded(string code, RpcOutcome outcome, Reason? reason) =>
        new(code, outcome, reason) { Prior = PriorUse.Same };
}
