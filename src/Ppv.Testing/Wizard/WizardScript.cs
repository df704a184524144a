using Ppv.Protocol;

namespace Ppv.Testing;

/// <summary>
/// Scripts for the faults that tests play most: <c>wizard.Script = WizardScript.On(PpvCommandKind.Confirm, WizardBehavior.Normal with {
/// Stall = true });</c>. What a script says nothing about is treated as <see cref="WizardSimulatorOptions.Behavior"/> says.
/// </summary>
public static class WizardScript
{
    /// <summary>Every command of one kind meets a behaviour.</summary>
    /// <param name="kind">The kind of command.</param>
    /// <param name="behavior">How it is treated.</param>
    /// <returns>A script for <see cref="WizardSimulator.Script"/>, safe for use by several threads.</returns>
    public static Func<WizardSimulatorRequest, WizardBehavior?> On(PpvCommandKind kind, WizardBehavior behavior)
    {
        ArgumentNullException.ThrowIfNull(behavior);
        return request => request.Command?.Kind == kind ? behavior : null;
    }

    /// <summary>The first command of one kind meets a behaviour; later ones of that kind do not.</summary>
    /// <param name="kind">The kind of command.</param>
    /// <param name="behavior">How it is treated.</param>
    /// <returns>
    /// A script for <see cref="WizardSimulator.Script"/>, safe for use by several threads; it is used up by its one command.
    /// </returns>
    public static Func<WizardSimulatorRequest, WizardBehavior?> Once(PpvCommandKind kind, WizardBehavior behavior)
    {
        ArgumentNullException.ThrowIfNull(behavior);
        var left = 1;
        return request => request.Command?.Kind == kind && Interlocked.Exchange(ref left, 0) == 1 ? behavior : null;
    }
}
