using Ppv.Protocol;

namespace Ppv.Testing;

/// <summary>What a client sent, up to a <c>\r</c>. Immutable.</summary>
/// <param name="Line">The line named; <c>default</c> when none could be read.</param>
/// <param name="Command">The command; <see langword="null"/> when the bytes are none (contract §3).</param>
/// <param name="Text">
/// Command and value without line, padding and <c>\r</c>, such as <c>EV262193</c>; a byte that is not printable ASCII stands as <c>?</c>.
/// </param>
/// <param name="Raw">The exact bytes, with <c>\r</c>.</param>
/// <param name="At">When it came.</param>
public sealed record WizardSimulatorRequest(LineNumber Line, PpvCommand? Command, string Text, ReadOnlyMemory<byte> Raw, DateTimeOffset At);
