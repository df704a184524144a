using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting;
using Ppv.Rpc;

namespace Ppv.Testing;

/// <summary>What a <see cref="PpvTestHost"/> runs, and how. All have defaults. Only to be changed before the host is started.</summary>
/// <remarks>
/// The host begins with waits that suit tests, and your callbacks come after them: <c>Rpc.ReplyTimeout</c> 5 s, <c>Rpc.ConnectionWait</c>
/// 1 s, <c>Rpc.TakeoverGrace</c> 0, <c>Broker.ReconnectDelay</c> 10 ms, <c>Broker.MaxReconnectDelay</c> 100 ms,
/// <c>Broker.Heartbeat</c> 1 min, <c>Wizard.ResponseTimeout</c> 2 s, <c>Wizard.ConnectRetryDelay</c> 50 ms,
/// <c>Wizard.MaxConnectRetries</c> 3. The journal is in memory. Everything else has the defaults of the packages; no configuration file
/// and no environment variable is read.
/// </remarks>
public sealed class PpvTestHostOptions
{
    /// <summary>
    /// Changes the client's options: the queue and the time-outs. For the gateway's client too. Default <see langword="null"/>. It may be
    /// called more than once.
    /// </summary>
    public Action<PpvClientOptions>? ConfigureClient { get; set; }

    /// <summary>
    /// Changes the gateway's options, after <see cref="ConfigureClient"/>. Default <see langword="null"/>. It may be called more than once,
    /// and is not called without a gateway.
    /// </summary>
    public Action<PpvGatewayOptions>? ConfigureGateway { get; set; }

    /// <summary>
    /// Changes the worker's options. Default <see langword="null"/>. It may be called more than once: each restart of the worker makes the
    /// options anew. With a <c>Server.Journal.Path</c> the journal is that file, else it is in memory and outlives restarts of the worker.
    /// </summary>
    public Action<PpvServerOptions>? ConfigureWorker { get; set; }

    /// <summary>
    /// Adds services of the test's own to the application that has the client and the gateway: logging, or parts in the place of ours. It
    /// is called before ours are added. Default <see langword="null"/>.
    /// </summary>
    public Action<IServiceCollection>? ConfigureServices { get; set; }

    /// <summary>
    /// Adds services of the test's own to the worker, such as logging, or an <c>IWizardClient</c> in the place of
    /// ours. It is called before ours are added, and again for each restart of the worker. Default <see langword="null"/>.
    /// </summary>
    public Action<IServiceCollection>? ConfigureWorkerServices { get; set; }

    /// <summary>
    /// The simulated Wizard: its port, its lines and its behaviour. Default: a free port, the lines 001 to 029, everything is answered at
    /// once.
    /// </summary>
    public WizardSimulatorOptions Wizard { get; set; } = new();

    /// <summary>
    /// The clock of everything inside: deadlines, leases, expiration, Wizard's delays. Default <see cref="TimeProvider.System"/>. Orders
    /// are answered also while a clock of yours stands still. The limits of the host itself, <see cref="StartTimeout"/> and
    /// <see cref="StopTimeout"/>, go by the system's clock whatever stands here.
    /// </summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Whether there is a gateway, on HTTP. Default <see langword="true"/>. Without it the host has client and worker only, and starts
    /// sooner.
    /// </summary>
    public bool RunGateway { get; set; } = true;

    /// <summary>
    /// Whether there is a second broker, for failover: then <c>Broker.Hosts</c> of client and worker are <c>primary</c> and <c>backup</c>,
    /// and <c>Broker.Topology</c> is <see cref="BrokerTopology.Independent"/>. Default <see langword="false"/>.
    /// </summary>
    public bool RunBackupBroker { get; set; }

    /// <summary>How long the start of one part may take, more than 0 and up to 10 min. Default 30 s. Then the start fails.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long one part may take to finish what it has begun when it is stopped, more than 0 and up to 10 min. Default 5 s. Then it is
    /// ended all the same; for that it gets 10 s at most.
    /// </summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
