using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>A line that nobody gets before a moment, because a command on it was not answered.</summary>
internal readonly record struct RestingLine(LineNumber Line, DateTimeOffset Until);
