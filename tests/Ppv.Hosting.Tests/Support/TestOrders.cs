using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>Orders for tests of the lines, to which values are nothing.</summary>
internal static class TestOrders
{
    public static PpvOrder Of(string? call, PpvCommandKind command, string? subject = null) => new(
        call is null ? null : ConnectionId.Parse(call),
        command switch
        {
            PpvCommandKind.Event => PpvCommand.Event("1"),
            PpvCommandKind.Subscriber => PpvCommand.Subscriber("2"),
            _ => PpvCommand.Confirm,
        }) { Subject = subject };
}
