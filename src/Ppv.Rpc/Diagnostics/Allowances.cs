namespace Ppv.Rpc.Diagnostics;

/// <summary>
/// How often each of several may do something: so often at once, and then once in a while. Safe for use by several threads, and no bigger
/// than it is told, whatever keys there are.
/// </summary>
/// <param name="atOnce">How often one may who has done nothing for long.</param>
/// <param name="every">After which time one may once more.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="max">How many are told apart. While so many are not back at the full number, all further ones share one allowance.</param>
internal sealed class Allowances<TKey>(int atOnce, TimeSpan every, TimeProvider timeProvider, int max)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly long _start = timeProvider.GetTimestamp();

    /// <summary>Until when each has used its share; who is not there has used nothing.</summary>
    private readonly Dictionary<TKey, TimeSpan> _usedUntil = [];

    private TimeSpan _othersUsedUntil, _tidiedAt;

    public bool IsLeft(TKey key)
    {
        lock (_gate)
        {
            var now = timeProvider.GetElapsedTime(_start);
            return IsLeft(Used(key, now), now);
        }
    }

    /// <returns>Whether there was something left.</returns>
    public bool TryTake(TKey key)
    {
        lock (_gate)
        {
            var now = timeProvider.GetElapsedTime(_start);
            var used = Used(key, now);
            if (!IsLeft(used, now)) return false;
            used = (used > now ? used : now) + every;
            if (_usedUntil.Count < max || _usedUntil.ContainsKey(key)) _usedUntil[key] = used;
            else _othersUsedUntil = used;
            return true;
        }
    }

    private bool IsLeft(TimeSpan used, TimeSpan now) => used - now <= every * (atOnce - 1);

    private TimeSpan Used(TKey key, TimeSpan now)
    {
        if (_usedUntil.TryGetValue(key, out var used)) return used;
        if (_usedUntil.Count >= max) Tidy(now);
        return _usedUntil.Count < max ? TimeSpan.Zero : _othersUsedUntil;
    }

    private void Tidy(TimeSpan now)
    {
        if (now - _tidiedAt < every) return; // A flood of keys must not have it looked through each time.
        _tidiedAt = now;
        foreach (var (key, used) in _usedUntil)
        {
            if (used <= now) _usedUntil.Remove(key);
        }
    }
}
