namespace Ppv.Benchmarks.Scale;

/// <summary>What is known of lines and waiting without any simulation. Pure.</summary>
internal static class Queueing
{
    /// <summary>The commands, or calls, a second that lines can take (Little's law).</summary>
    public static double Ceiling(int lines, TimeSpan held) => lines / held.TotalSeconds;

    /// <summary>The share of calls that find no line when none of them waits (Erlang B).</summary>
    public static double Blocked(int lines, double load)
    {
        var blocked = 1.0;
        for (var line = 1; line <= lines; line++) blocked = load * blocked / (line + load * blocked);
        return blocked;
    }

    /// <summary>The share of calls that have to wait when all of them do (Erlang C).</summary>
    public static double Waiting(int lines, double load)
    {
        if (load >= lines) return 1;
        var blocked = Blocked(lines, load);
        return lines * blocked / (lines - load * (1 - blocked));
    }

    /// <summary>The mean wait of all calls.</summary>
    /// <param name="lines">How many there are.</param>
    /// <param name="load">Calls a second times <paramref name="held"/>: how many lines are held in the mean.</param>
    /// <param name="held">How long a call holds its line, in the mean.</param>
    /// <param name="variation">
    /// The variance of that time over the square of its mean: 1 for exponential times, and the wait is shorter when they vary less (Allen
    /// and Cunneen's approximation).
    /// </param>
    public static TimeSpan MeanWait(int lines, double load, TimeSpan held, double variation = 1) =>
        load >= lines ? TimeSpan.MaxValue : Waiting(lines, load) * held / (lines - load) * ((1 + variation) / 2);

    /// <summary>The largest load at which no more than this share of calls has to wait.</summary>
    public static double LoadFor(int lines, double waiting)
    {
        var (low, high) = (0.0, (double)lines);
        for (var step = 0; step < 60; step++)
        {
            var load = (low + high) / 2;
            if (Waiting(lines, load) <= waiting) low = load;
            else high = load;
        }

        return low;
    }
}
