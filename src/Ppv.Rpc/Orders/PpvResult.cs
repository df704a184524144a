namespace Ppv.Rpc;

/// <summary>How an order ended. Immutable.</summary>
/// <param name="OrderId">The id of the order: see <see cref="Ppv.Protocol.PpvOrder.Id"/>.</param>
/// <param name="Outcome">What is known of it.</param>
/// <param name="Code">
/// What was said: Wizard's text when <see cref="RpcOutcome.Completed"/> (such as <c>OK</c>), else the worker's code (such as <c>ER444</c>),
/// or <see langword="null"/> when nobody said anything.
/// </param>
/// <param name="Reason">Why it is not completed, as a sentence for a person; <see langword="null"/> when it is.</param>
public sealed record PpvResult(string OrderId, RpcOutcome Outcome, string? Code, string? Reason)
{
    /// <summary>
    /// What the log of this process says in the place of <see cref="Reason"/>, which any caller may read: hosts are named in it.
    /// </summary>
    internal string? Detail { get; init; }
}
