using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ppv.Protocol.Network;
using Ppv.Protocol.Wizard.Connections;
using Ppv.Testing;

namespace Ppv.Protocol.Tests.Support;

/// <summary>A simulator and a client that speaks with it, each with a clock that the test moves.</summary>
internal sealed class ClientSetup : IAsyncDisposable
{
    public static readonly LineNumber Line = new(16);
    public static readonly PpvCommand Command = PpvCommand.Event("262193");

    private ClientSetup(WizardBehavior? behavior) =>
        Simulator = new WizardSimulator(new WizardSimulatorOptions { Behavior = behavior ?? WizardBehavior.Normal }, SimulatorTime)
        {
            RequestHandled = answer => _handled.TrySetResult(answer),
        };

    private readonly TaskCompletionSource<WizardSimulatorAnswer> _handled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WizardSimulator Simulator { get; }

    public SignallingTime SimulatorTime { get; } = new();

    public SignallingTime Time { get; } = new();

    public LogSpy Log { get; } = new();

    public WizardOptions Options { get; } = new() { Host = "127.0.0.1", ResponseTimeout = TimeSpan.FromSeconds(20) };

    public WizardClient Client { get; private set; } = null!;

    /// <summary>The first request that the simulator has dealt with.</summary>
    public Task<WizardSimulatorAnswer> Handled => _handled.Task.Within();

    public static async Task<ClientSetup> StartAsync(
        ConnectionMode mode = ConnectionMode.PerCommand, WizardBehavior? behavior = null, Dial? dial = null, int retries = 30)
    {
        var setup = new ClientSetup(behavior);
        await setup.Simulator.StartAsync();
        setup.Options.Port = setup.Simulator.Port;
        setup.Options.ConnectionMode = mode;
        setup.Options.MaxConnectRetries = retries;
        setup.Client = new WizardClient(setup.Options, setup.Log, setup.Time, dial);
        return setup;
    }

    public Task<Socket> DialAsync() => SideBySideDialer.DialAsync("127.0.0.1", Simulator.Port, Time, CancellationToken.None);

    public Task<WizardReply> SendAsync(
        TimeSpan? deadline = null, int line = 16, PpvCommand? command = null, CancellationToken cancellationToken = default) =>
        Client.SendAsync(new WizardRequest(new LineNumber(line), command ?? Command,
            deadline is { } left ? Time.GetUtcNow() + left : DateTimeOffset.MaxValue), cancellationToken).Within();

    public static async Task<WizardException> FailAsync(Task<WizardReply> call, WizardFailure failure, string message)
    {
        var exception = await Should.ThrowAsync<WizardException>(call);
        exception.Failure.ShouldBe(failure, exception.Message);
        exception.Message.ShouldContain(message);
        return exception;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Simulator.DisposeAsync();
    }

    internal sealed class LogSpy : ILogger<WizardClient>
    {
        private readonly Lock _lock = new();
        private readonly List<(LogLevel Level, string Text)> _lines = [];

        public IReadOnlyList<(LogLevel Level, string Text)> Lines
        {
            get
            {
                lock (_lock) return [.. _lines];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lock) _lines.Add((logLevel, formatter(state, exception)));
        }
    }
}
