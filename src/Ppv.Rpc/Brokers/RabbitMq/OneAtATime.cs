namespace Ppv.Rpc.Brokers.RabbitMq;

/// <summary>
/// Runs something at most once at a time: all who ask while one run is under way get the result of the next one, which begins after they
/// asked. Safe for use by several threads.
/// </summary>
/// <param name="run">What is run, on the thread pool; it does not throw.</param>
internal sealed class OneAtATime(Func<Task<bool>> run)
{
    private readonly Lock _lock = new();
    private Task<bool>? _running, _next;

    public Task<bool> RunAsync()
    {
        lock (_lock)
        {
            if (_next is not null) return _next; // It is not begun yet.
            return _running is { IsCompleted: false } running ? _next = RunAfterAsync(running) : _running = Task.Run(run);
        }
    }

    private async Task<bool> RunAfterAsync(Task<bool> running)
    {
        // Never at once: who has the lock is about to say that this is the next one.
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Task<bool> next;
        lock (_lock) (_next, next) = (null, _running = Task.Run(run));

        return await next.ConfigureAwait(false);
    }
}
