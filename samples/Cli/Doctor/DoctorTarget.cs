using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Samples.Cli.Settings;

namespace Ppv.Samples.Cli.Doctor;

/// <summary>What is examined: what a program's files say, and what was given on the command line.</summary>
internal sealed record DoctorTarget
{
    /// <summary>What the files come to; <see langword="null"/> when none was given.</summary>
    public ProgramSettings? Program { get; init; }

    /// <summary><see langword="null"/> when it is not known where the brokers are.</summary>
    public BrokerOptions? Broker { get; init; }

    /// <summary>With its defaults where no file was given.</summary>
    public required RpcOptions Rpc { get; init; }

    /// <summary><see langword="null"/> when it is not known where Wizard is.</summary>
    public WizardOptions? Wizard { get; init; }

    public Uri? Gateway { get; init; }

    /// <summary>Where the running worker is asked how it is.</summary>
    public Uri? Worker { get; init; }

    public string? Journal { get; init; }

    /// <summary>The broker's management, such as <c>http://kfs-gax:15672</c>; it alone knows a queue's arguments.</summary>
    public Uri? Management { get; init; }
}
