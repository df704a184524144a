using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Figures;

/// <summary>A command that was sent on a line, or was about to be, and what became of it.</summary>
/// <param name="At">When it was to be sent.</param>
/// <param name="Order">The order, as the log must not show it.</param>
/// <param name="Outcome">What is known.</param>
/// <param name="Code">What its caller was told.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record WizardExchange(DateTimeOffset At, PpvOrder Order, RpcOutcome Outcome, string Code, TimeSpan Elapsed);
