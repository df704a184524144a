namespace Ppv.Testing.Wizard;

/// <summary>A list that only grows, and on whose growth one can wait.</summary>
internal sealed class RecordList<T>
{
    private readonly Lock _lock = new();
    private readonly List<T> _items = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];

    public IReadOnlyList<T> Snapshot()
    {
        lock (_lock) return [.. _items];
    }

    public void Add(T item)
    {
        lock (_lock)
        {
            _items.Add(item);
            foreach (var waiter in _waiters)
            {
                if (_items.Count >= waiter.Count) waiter.Reached.TrySetResult();
            }
            _waiters.RemoveAll(waiter => waiter.Reached.Task.IsCompleted);
        }
    }

    public Task WaitForCountAsync(int count, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_items.Count >= count) return Task.CompletedTask;
            _waiters.Add((count, reached));
        }
        return reached.Task.WaitAsync(cancellationToken);
    }
}
