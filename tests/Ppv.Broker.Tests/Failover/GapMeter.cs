namespace Ppv.Broker.Tests.Failover;

/// <summary>How long a service was away, as those who use it see it.</summary>
internal static class GapMeter
{
    /// <summary>
    /// The longest time without a success, of those times that a window saw something of; they may begin before it and end after it.
    /// </summary>
    /// <param name="successes">When something succeeded, in any order.</param>
    /// <param name="from">The window's begin: the fault. It stands for a success when there was none before.</param>
    /// <param name="to">The window's end. It stands for a success when there is none after.</param>
    public static TimeSpan LongestGap(IEnumerable<TimeSpan> successes, TimeSpan from, TimeSpan to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        var (previous, longest) = (TimeSpan.MinValue, TimeSpan.Zero);
        foreach (var success in successes.Order().Append(TimeSpan.MaxValue))
        {
            if (success > from)
            {
                var gap = (success == TimeSpan.MaxValue ? to : success) - (previous == TimeSpan.MinValue ? from : previous);
                if (gap > longest) longest = gap;
            }

            if (success >= to) break;
            previous = success;
        }

        return longest;
    }
}
