namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>Which entries of a journal somebody wants to see; without anything, all.</summary>
internal sealed record JournalQuery
{
    /// <summary>Those with this order id.</summary>
    public string? OrderId { get; init; }

    /// <summary>Those whose order id or whose call this is.</summary>
    public string? AnyId { get; init; }

    /// <summary>Those of this call, whatever the case of its letters.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>Those in one of these states.</summary>
    public IReadOnlyList<JournalState> States { get; init; } = [];

    /// <summary>Those that were received at this moment or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Confirms only that were sent, or may have been, by this worker, and are no repeats.</summary>
    public bool OwnConfirms { get; init; }

    /// <summary>The last ones, so many; <see langword="null"/> for all.</summary>
    public int? Limit { get; init; }

    /// <summary>
    /// The confirms that nobody knows the outcome of, and that nobody settled: <see cref="JournalRules.IsUnknownConfirm"/>.
    /// </summary>
    public static JournalQuery Unknowns { get; } = new() { States = [JournalState.Unknown], OwnConfirms = true };

    /// <summary>The confirms that are on their way, or were when a worker ended that was not started again.</summary>
    public static JournalQuery UnderWay { get; } = new() { States = [JournalState.Intent], OwnConfirms = true };

    internal string Condition
    {
        get
        {
            var conditions = new List<string> { "1 = 1" };
            if (OrderId is not null) conditions.Add("order_id = @order_id");
            if (AnyId is not null)
                conditions.Add($"({IsOrBelongsToAnyOwner("order_id", "@any_id")} OR {IsOrBelongsToAnyOwner("connid", "@any_id")})");
            if (ConnectionId is not null) conditions.Add(IsOrBelongsToAnyOwner("connid", "@connid"));
            if (States.Count > 0) conditions.Add("state IN (SELECT value FROM json_each(@states))");
            if (Since is not null) conditions.Add("received_at >= @since");
            if (OwnConfirms) conditions.Add("command = 'CONFIRM'");
            if (OwnConfirms && States.Count > 0 && States.All(state => state is JournalState.Intent or JournalState.Unknown))
                conditions.Add("state IN ('Intent', 'Unknown')"); // As the index of open confirms has it, so that SQLite uses it.
            return string.Join(" AND ", conditions);
        }
    }

    // An operator sees the orders of all clients: what stands behind the mark is a client's name.
    private static string IsOrBelongsToAnyOwner(string column, string value) =>
        $"({column} = {value} COLLATE NOCASE OR {column} LIKE replace(replace({value}, '_', '\\_'), '%', '\\%') || '~%' ESCAPE '\\')";

    internal IEnumerable<(string Name, string Value)> Values
    {
        get
        {
            if (OrderId is not null) yield return ("@order_id", OrderId);
            if (AnyId is not null) yield return ("@any_id", AnyId);
            if (ConnectionId is not null) yield return ("@connid", ConnectionId);
            if (States.Count > 0) yield return ("@states", JournalIds.ToJson(States.Select(state => state.ToString())));
            if (Since is { } since) yield return ("@since", JournalRow.Text(since));
        }
    }
}
