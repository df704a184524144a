namespace Ppv.Cli.Tests;

/// <summary>What the tool printed and how it ended.</summary>
/// <param name="ExitCode">See <c>ExitCodes</c>.</param>
/// <param name="Output">Standard output; on a terminal, all that was shown, with its escape sequences.</param>
/// <param name="Error">Standard error; empty on a terminal, where both are one.</param>
internal sealed record ToolRun(int ExitCode, string Output, string Error);
