namespace Ppv.Samples.Cli.Routes;

/// <summary>What came of an order.</summary>
internal sealed record RouteAnswer
{
    /// <summary>When its first byte was sent; <see langword="null"/> when none was.</summary>
    public DateTimeOffset? SendTime { get; init; }

    /// <summary>When its answer was there, or given up.</summary>
    public required DateTimeOffset ResponseTime { get; init; }

    /// <summary>From one to the other.</summary>
    public TimeSpan? Elapsed => ResponseTime - SendTime;

    /// <summary>What that time was spent on.</summary>
    public IReadOnlyList<Hop> Hops { get; init; } = [];

    /// <summary>The HTTP status, from a gateway; a working one says 200 to every order.</summary>
    public int? Status { get; init; }

    /// <summary>The answer as it came; <see langword="null"/> when none came.</summary>
    public string? Text { get; init; }

    /// <summary>The code: Wizard's, or the gateway's or worker's; <see langword="null"/> when there is none.</summary>
    public string? Code { get; init; }

    /// <summary>Whether it is <c>OK</c>.</summary>
    public bool IsOk { get; init; }

    /// <summary>Whether it was executed, where that was said: <c>Completed</c>, <c>NotExecuted</c> or <c>Unknown</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>Why, where that was said.</summary>
    public string? Reason { get; init; }

    /// <summary>The order's id, where it has one.</summary>
    public string? OrderId { get; init; }

    /// <summary>Why no answer came, in full sentences; <see langword="null"/> when one came.</summary>
    public string? Failure { get; init; }
}
