using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Ppv.Hosting;
using Ppv.Rpc;
using Ppv.Testing.Harness;

namespace Ppv.Testing;

/// <summary>
/// The whole path of an order in the process of a test: gateway (HTTP, on a free port of 127.0.0.1), broker in memory, worker, and a
/// simulated Wizard. <c>await using var host = await PpvTestHost.StartAsync();</c>
/// </summary>
/// <remarks>
/// <para>Several hosts in one process do not disturb each other. Every wait has a bound, see <see cref="PpvTestHostOptions"/>; nothing is
/// left behind on disk. Faults are played with <see cref="WizardSimulator.Script"/>, <see cref="InMemoryBroker.IsRunning"/> and
/// <see cref="StopWorkerAsync"/>.</para>
/// <para>All members are safe for use by several threads.</para>
/// </remarks>
public sealed class PpvTestHost : IAsyncDisposable
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan HttpTimeout = TimeSpan.FromSeconds(30);

    private readonly PpvTestHostOptions _options;
    private readonly HostBuilders _builders;
    private readonly HostPart _application;
    private readonly WorkerSlot _worker;
    private readonly InMemoryBroker? _backupBroker;
    private readonly Lock _disposing = new();
    private Uri? _gatewayAddress;
    private Task? _disposed;

    private PpvTestHost(PpvTestHostOptions options)
    {
        _options = options;
        Broker = new InMemoryBroker(options.TimeProvider);
        if (options.RunBackupBroker) _backupBroker = Broker.AddBroker(HostBuilders.BackupHost);
        Wizard = new WizardSimulator(options.Wizard, options.TimeProvider);
        _builders = new HostBuilders(options, Broker, () => Wizard.Port);
        _application = _builders.BuildApplication();
        _worker = new WorkerSlot(_builders, Broker, options);
    }

    /// <summary>Places orders, as an application does that has called <c>AddPpvClient</c>: past HTTP, over the broker.</summary>
    public IPpvClient Client => Services.GetRequiredService<IPpvClient>();

    /// <summary>The simulated Wizard: what it was asked, what it booked, and how it misbehaves.</summary>
    public WizardSimulator Wizard { get; }

    /// <summary>
    /// The broker. An application of your own takes part with <c>services.UseInMemoryBroker(host.Broker)</c>. To stop it, set
    /// <see cref="InMemoryBroker.IsRunning"/> to <see langword="false"/>.
    /// </summary>
    public InMemoryBroker Broker { get; }

    /// <summary>The second broker, to which all go while <see cref="Broker"/> is stopped.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public InMemoryBroker BackupBroker => _backupBroker ?? throw new InvalidOperationException(
        "This host has one broker. Set PpvTestHostOptions.RunBackupBroker for a second one.");

    /// <summary>
    /// Where the gateway listens: <c>http://127.0.0.1:PORT/</c>. Orders go to <see cref="OrderEndpointOptions.Path"/> below it, by default
    /// <c>/api/v1/ppv</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no gateway.</exception>
    public Uri GatewayAddress => _gatewayAddress ?? throw new InvalidOperationException(
        "This host has no gateway. Leave PpvTestHostOptions.RunGateway true, or place orders with Client.");

    /// <summary>The services of the application that has the client and the gateway.</summary>
    public IServiceProvider Services => _application.Services;

    /// <summary>
    /// The services of the worker that runs now, such as <see cref="IOrderJournal"/>. A restart of the worker makes new ones.
    /// </summary>
    /// <exception cref="InvalidOperationException">The worker is stopped.</exception>
    public IServiceProvider WorkerServices => _worker.Services;

    /// <summary>Starts everything, and returns when orders can pass: in well under a second.</summary>
    /// <param name="configure">Changes the options; none needs to be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The host; dispose of it at the end of the test.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// An option of gateway or worker is out of its range; the message names it.
    /// </exception>
    /// <exception cref="ArgumentException">An option of the host itself is out of its range; the message names it.</exception>
    /// <exception cref="InvalidOperationException">Client and worker have different queues.</exception>
    /// <exception cref="TimeoutException">
    /// A part was not ready within <see cref="PpvTestHostOptions.StartTimeout"/>; the message says what to look for.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<PpvTestHost> StartAsync(
        Action<PpvTestHostOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new PpvTestHostOptions();
        configure?.Invoke(options);
        CheckTimeout(options.StartTimeout, nameof(options.StartTimeout));
        CheckTimeout(options.StopTimeout, nameof(options.StopTimeout));
        var host = new PpvTestHost(options);
        try
        {
            await host.StartPartsAsync(cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            // Why it did not start says more than how it ended.
            await host.DisposeAsync().AsTask().ContinueWith(static ended => ended.Exception, TaskScheduler.Default).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A client for the gateway, with <see cref="GatewayAddress"/> as its base and a time limit of 30 s. Dispose of it.</summary>
    /// <exception cref="InvalidOperationException">There is no gateway.</exception>
    public HttpClient CreateHttpClient() => new() { BaseAddress = GatewayAddress, Timeout = HttpTimeout };

    /// <summary>
    /// Stops the worker in good order: what it has begun is finished, for at most <see cref="PpvTestHostOptions.StopTimeout"/>. Orders then
    /// wait in the queue, until their callers' time is over. Does nothing when it is stopped.
    /// </summary>
    /// <param name="cancellationToken">Gives up before it has begun to stop.</param>
    /// <exception cref="TimeoutException">The worker goes on running; the message says what to look for.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task StopWorkerAsync(CancellationToken cancellationToken = default) => _worker.StopAsync(cancellationToken);

    /// <summary>Starts the worker again after it was stopped, with the same journal. Does nothing when it runs.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The broker is stopped.</exception>
    /// <exception cref="TimeoutException">The worker was not ready in time; the message says what to look for.</exception>
    /// <exception cref="ObjectDisposedException">The host was disposed of.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task StartWorkerAsync(CancellationToken cancellationToken = default) => _worker.StartAsync(cancellationToken);

    /// <summary>
    /// Stops the worker, in good order, and starts another one in its place, with the same journal: calls go on where they were. A confirm
    /// that Wizard does not answer in time is unknown afterwards, as after a crash.
    /// </summary>
    /// <param name="cancellationToken">Gives up. The worker may be stopped then.</param>
    /// <exception cref="InvalidOperationException">The broker is stopped.</exception>
    /// <exception cref="TimeoutException">
    /// The worker did not stop, or was not ready, in time; the message says what to look for.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The host was disposed of.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task RestartWorkerAsync(CancellationToken cancellationToken = default) => _worker.RestartAsync(cancellationToken);

    /// <summary>
    /// Stops everything. Orders under way end at once, as unknown where they may have been executed. It never hangs: each part gets
    /// <see cref="PpvTestHostOptions.StopTimeout"/>, and then some seconds to end. It may be called more than once.
    /// </summary>
    /// <exception cref="TimeoutException">A part was left behind; the message says what to look for.</exception>
    /// <remarks>What a <see cref="WizardSimulator.Script"/> has thrown is thrown again, when everything has been stopped.</remarks>
    public ValueTask DisposeAsync()
    {
        lock (_disposing) return new ValueTask(_disposed ??= DisposeOnceAsync());
    }

    private async Task StartPartsAsync(CancellationToken cancellationToken)
    {
        await Wizard.StartAsync(cancellationToken).ConfigureAwait(false);
        await _application.StartAsync(_options.StartTimeout, cancellationToken).ConfigureAwait(false);
        if (_options.RunGateway)
        {
            var listening = Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
            _gatewayAddress = new Uri(listening.Addresses.Single());
        }

        await _worker.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task DisposeOnceAsync()
    {
        ExceptionDispatchInfo? first = null;
        // Callers first, so that nothing new begins and nobody waits for what is about to end.
        await TryAsync(async () =>
        {
            if (Services.GetService<PpvClient>() is { } client) await client.DisposeAsync().ConfigureAwait(false);
        }).ConfigureAwait(false);
        await TryAsync(() => _application.EndAsync(_options.StopTimeout)).ConfigureAwait(false);
        await TryAsync(_worker.CloseAsync).ConfigureAwait(false);
        await TryAsync(EndWizardAsync).ConfigureAwait(false);
        await TryAsync(async () => await _builders.DisposeAsync().ConfigureAwait(false)).ConfigureAwait(false);
        first?.Throw();

        async Task TryAsync(Func<Task> step)
        {
            try
            {
                await step().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // The other parts are stopped all the same; the first failure is told at the end.
                first ??= ExceptionDispatchInfo.Capture(e);
            }
        }
    }

    /// <summary>A script that waits for something keeps its connection open.</summary>
    private async Task EndWizardAsync()
    {
        var end = Wizard.DisposeAsync().AsTask();
        if (await Task.WhenAny(end, Task.Delay(HostPart.EndLimit, TimeProvider.System)).ConfigureAwait(false) != end)
            throw new TimeoutException(
                $"The simulated Wizard was stopped and did not end within {HostPart.EndLimit.TotalSeconds:0} s, so it was left behind. Let "
                + "neither Wizard.Script nor Wizard.RequestHandled wait for anything.");
        await end.ConfigureAwait(false);
    }

    private static void CheckTimeout(TimeSpan timeout, string name)
    {
        if (timeout <= TimeSpan.Zero || timeout > LongestTimeout)
            throw new ArgumentException($"PpvTestHostOptions.{name} is {timeout}. Set it to more than 0 and at most 10 minutes.", name);
    }
}
