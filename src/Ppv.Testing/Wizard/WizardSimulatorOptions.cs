using System.Net;
using Ppv.Protocol;

namespace Ppv.Testing;

/// <summary>Where a <see cref="WizardSimulator"/> listens and how it answers.</summary>
public sealed class WizardSimulatorOptions
{
    /// <summary>The address to listen on. Default <see cref="IPAddress.Loopback"/>.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>The TCP port, 0..65535. Default 0: a free one, which <see cref="WizardSimulator.Port"/> tells.</summary>
    public int Port { get; set; }

    /// <summary>
    /// The lines that Wizard has. Default 001 to 029. A command for another one is answered <see cref="WizardSimulator.UnknownLine"/>.
    /// </summary>
    public LineRange Lines { get; set; } = new(1, 29);

    /// <summary>
    /// How a command is answered when <see cref="WizardSimulator.Script"/> says nothing. Default <see cref="WizardBehavior.Normal"/>.
    /// </summary>
    public WizardBehavior Behavior { get; set; } = WizardBehavior.Normal;

    /// <summary>
    /// The seed of <see cref="WizardBehavior.Jitter"/>, so that a run can be repeated. Default <see langword="null"/>: another one each
    /// time.
    /// </summary>
    public int? Seed { get; set; }
}
