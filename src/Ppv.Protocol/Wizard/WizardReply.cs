namespace Ppv.Protocol;

/// <summary>Wizard's answer to a command. Immutable.</summary>
/// <param name="Line">The line it came for, checked against the request's.</param>
/// <param name="Text">
/// What Wizard said, up to its <c>\r</c>, such as <c>OK</c>; at most 1,019 characters, none of them a control character. A byte that is not
/// ASCII stands as <c>?</c>.
/// </param>
public sealed record WizardReply(LineNumber Line, string Text);
