using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>A command of the model on its way.</summary>
/// <param name="Caller">Whose it is.</param>
/// <param name="Order">What it asks for.</param>
/// <param name="Request">Its request for a line.</param>
/// <param name="Wishes">What the caller asked for last, this command included.</param>
/// <param name="Asked">How much it had asked for.</param>
internal sealed record ModelOrder(
    ModelCaller Caller, PpvOrder Order, LineRequest Request, (PpvCommandKind Kind, ModelWish? Wish)[] Wishes, int Asked)
{
    public PpvCommandKind Command => Order.Command.Kind;

    /// <summary>The lease, once the line was granted.</summary>
    public Lease? Lease { get; set; }

    public bool IsRunning => Lease is not null;

    public ModelWizard.Item ToItem(DateTimeOffset latestExecution) =>
        new(Lease!.Line, Lease.Id, Caller.Id, Command, Request.Number, [.. Wishes.Select(wish => (wish.Kind, wish.Wish?.Number))],
            latestExecution);
}
