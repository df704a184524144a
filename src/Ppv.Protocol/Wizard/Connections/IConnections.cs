namespace Ppv.Protocol.Wizard.Connections;

/// <summary>Where connections come from and go to: one implementation for each <see cref="ConnectionMode"/>.</summary>
internal interface IConnections : IDisposable
{
    /// <summary>A connection for the request's command on its line. Each one has to be given back.</summary>
    /// <exception cref="WizardException">There is none in time; nothing was sent.</exception>
    Task<WizardConnection> RentAsync(WizardRequest request, StartLimit limit);

    /// <summary>Takes a connection back, to keep or to close it.</summary>
    void Return(LineNumber line, WizardConnection connection);
}

/// <summary>A new connection for every command.</summary>
internal sealed class ConnectionsPerCommand(WizardConnector connector) : IConnections
{
    public Task<WizardConnection> RentAsync(WizardRequest request, StartLimit limit) => connector.ConnectAsync(limit);

    public void Return(LineNumber line, WizardConnection connection) => connection.Dispose();

    public void Dispose()
    {
        // Nothing is kept.
    }
}

/// <summary>One connection kept for each line, and one command at a time on it.</summary>
internal sealed class ConnectionsPerLine(WizardConnector connector, TimeSpan idleTimeout, TimeProvider timeProvider) : IConnections
{
    /// <summary>
    /// What is dropped without a word on the way is noticed only by sending, and then a confirm is unknown: it gets a new connection,
    /// unless the last answer came just now. No firewall forgets as soon as this.
    /// </summary>
    private static readonly TimeSpan ConfirmIdleTimeout = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<LineNumber, Seat> _seats = [];
    private bool _isDisposed;

    public async Task<WizardConnection> RentAsync(WizardRequest request, StartLimit limit)
    {
        var seat = SeatOf(request.Line);
        try
        {
            await seat.Turn.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            limit.ThrowIfReached($"while the connection of line {request.Line} was busy");
            throw;
        }
        try
        {
            return TakeUsable(seat, request.Command.Kind) ?? await connector.ConnectAsync(limit).ConfigureAwait(false);
        }
        catch
        {
            seat.Turn.Release();
            throw;
        }
    }

    public void Return(LineNumber line, WizardConnection connection)
    {
        var seat = SeatOf(line);
        lock (_lock)
        {
            if (connection.IsInStep && !_isDisposed) (seat.Idle, seat.IdleSince) = (connection, timeProvider.GetTimestamp());
            else connection.Dispose();
        }
        seat.Turn.Release();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (var seat in _seats.Values)
            {
                seat.Idle?.Dispose();
                seat.Idle = null;
            }
        }
    }

    private WizardConnection? TakeUsable(Seat seat, PpvCommandKind command)
    {
        lock (_lock)
        {
            var idle = seat.Idle;
            seat.Idle = null;
            var limit = command == PpvCommandKind.Confirm && ConfirmIdleTimeout < idleTimeout ? ConfirmIdleTimeout : idleTimeout;
            if (idle is { IsUsable: true } && timeProvider.GetElapsedTime(seat.IdleSince) <= limit) return idle;
            idle?.Dispose();
            return null;
        }
    }

    private Seat SeatOf(LineNumber line)
    {
        lock (_lock)
        {
            if (!_seats.TryGetValue(line, out var seat)) _seats.Add(line, seat = new Seat());
            return seat;
        }
    }

    private sealed class Seat
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public WizardConnection? Idle { get; set; }

        public long IdleSince { get; set; }
    }
}
