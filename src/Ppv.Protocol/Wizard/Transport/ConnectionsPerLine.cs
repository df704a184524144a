namespace Ppv.Protocol.Wizard.Transport;

/// <summary>One connection kept for each line, and one command at a time on it.</summary>
internal sealed class ConnectionsPerLine(WizardConnector connector) : IConnections
{
    private readonly Lock _lock = new();
    private readonly Dictionary<LineNumber, Seat> _seats = [];
    private bool _isDisposed;

    public async Task<WizardConnection> RentAsync(LineNumber line, StartLimit limit)
    {
        var seat = SeatOf(line);
        try
        {
            await seat.Turn.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            limit.ThrowIfReached($"while the connection of line {line} was busy");
            throw;
        }
        try
        {
            return TakeUsable(seat) ?? await connector.ConnectAsync(limit).ConfigureAwait(false);
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
            if (connection.IsInStep && !_isDisposed) seat.Idle = connection;
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

    private WizardConnection? TakeUsable(Seat seat)
    {
        lock (_lock)
        {
            var idle = seat.Idle;
            seat.Idle = null;
            if (idle is null or { IsUsable: true }) return idle;
            idle.Dispose();
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
    }
}
