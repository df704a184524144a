using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>The verdict on a command that asked for a line, and what belongs to it.</summary>
/// <param name="Verdict">What is to be done.</param>
/// <param name="Line">The line, when it was granted.</param>
/// <param name="Lease">The lease that was granted the line, or whose confirm this one repeats.</param>
/// <param name="Missing">What a refused confirm lacks.</param>
/// <param name="IsOfAnother">Whether the line has it, named by another purchase.</param>
internal sealed record LineDecision(
    LineVerdict Verdict, LineNumber? Line = null, Lease? Lease = null, ConfirmPrerequisites Missing = ConfirmPrerequisites.None,
    bool IsOfAnother = false);
