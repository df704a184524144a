using Ppv.Protocol;

namespace Ppv.Hosting;

/// <summary>The verdict on a command that asked for a line, and what belongs to it.</summary>
/// <param name="Verdict">What is to be done.</param>
/// <param name="Line">The line, when it was granted.</param>
/// <param name="Session">The session that was granted the line, or whose confirm this one repeats.</param>
/// <param name="Missing">What a refused confirm lacks.</param>
internal sealed record LineDecision(
    LineVerdict Verdict, LineNumber? Line = null, CallSession? Session = null, ConfirmPrerequisites Missing = ConfirmPrerequisites.None);
