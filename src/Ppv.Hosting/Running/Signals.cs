using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Running;

/// <summary>
/// No signal ends the program in the middle of an order: those that mean the end are an orderly stop, whatever the host's lifetime takes of
/// them, and those that mean something else to other programs are ignored.
/// </summary>
internal sealed class Signals : IDisposable
{
    // Numbers of Linux; .NET has no names for them.
    private const PosixSignal User1 = (PosixSignal)10, User2 = (PosixSignal)12;

    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="lifetime">What stops the host.</param>
    /// <param name="logger">Told of a signal that is ignored.</param>
    /// <param name="hasTerminal">
    /// Whether the program belongs to a terminal, whose closing ends it. Without one a hang-up is somebody's wish to have files opened
    /// anew.
    /// </param>
    public Signals(IHostApplicationLifetime lifetime, PlainLogger logger, bool hasTerminal)
    {
        On(PosixSignal.SIGINT, _ => lifetime.StopApplication());
        On(PosixSignal.SIGQUIT, _ => lifetime.StopApplication());
        On(PosixSignal.SIGTERM, _ => lifetime.StopApplication());
        On(PosixSignal.SIGHUP, _ =>
        {
            if (hasTerminal) lifetime.StopApplication();
            else RunLog.SignalIgnored(logger, "SIGHUP");
        });
        if (!OperatingSystem.IsLinux()) return;
        On(User1, _ => RunLog.SignalIgnored(logger, "SIGUSR1"));
        On(User2, _ => RunLog.SignalIgnored(logger, "SIGUSR2"));
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void On(PosixSignal signal, Action<PosixSignalContext> act) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // Not what the system does by itself.
            act(context);
        }));
}
