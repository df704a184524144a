using Microsoft.Extensions.Compliance.Redaction;
using Ppv.Protocol;

namespace Ppv.Hosting.Redaction;

/// <summary>A command as the log shows it; nothing is made of it where nobody logs.</summary>
internal readonly record struct LoggedCommand(PpvCommand Command, Redactor Redactor)
{
    public override string ToString() =>
        Command.Kind == PpvCommandKind.Subscriber ? $"{Command.Key}={Redactor.Redact(Command.Value)}" : Command.ToString();
}
