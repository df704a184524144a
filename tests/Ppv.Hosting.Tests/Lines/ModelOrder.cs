using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>A command of the model on its way.</summary>
/// <param name="Wishes">What the caller asked for last, before this command.</param>
/// <param name="Asked">How much it had asked for.</param>
internal sealed record ModelOrder(
    ModelCaller Caller, PpvCommandKind Command, LineRequest Request, (PpvCommandKind Kind, long? Number)[] Wishes, int Asked)
{
    /// <summary>The lease, once the line was granted.</summary>
    public Lease? Lease { get; set; }

    public bool IsRunning => Lease is not null;

    public ModelWizard.Item ToItem(DateTimeOffset latestExecution) =>
        new(Lease!.Line, Lease.Id, Caller.Id, Command, Request.Number, Wishes, latestExecution);
}
