namespace Ppv.Rpc.Server.Leadership;

/// <summary>
/// What the leader of a queue remembers of those it serves, and how that passes from one leader to the next. The calls come one at a time,
/// and never while deliveries are being begun.
/// </summary>
internal interface IHandover
{
    /// <summary>
    /// The server's name among the servers of the queue: the same after a restart that forgets nothing, another one for each server.
    /// </summary>
    Task<string> IdentityAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Nobody else has led: what is remembered holds. At the process' first takeover it is brought back from where it was kept.
    /// </summary>
    /// <param name="since">Since when nobody else has; what is older was somebody else's since. <see langword="null"/>: ever.</param>
    /// <param name="cancellationToken">Gives up; what is remembered then may not hold.</param>
    Task ContinueAsync(DateTimeOffset? since, CancellationToken cancellationToken);

    /// <summary>
    /// Another server has led and left in good order: what it remembered of those it served replaces what is remembered here, and what it
    /// has on record comes beside what is on record here.
    /// </summary>
    /// <returns>
    /// For how long before it left its record was handed over without a gap; <see langword="null"/> when it was not, so that this server's
    /// begins now.
    /// </returns>
    /// <exception cref="FormatException">It can't be read; nothing is remembered now.</exception>
    Task<TimeSpan?> ImportAsync(ReadOnlyMemory<byte> remembered, CancellationToken cancellationToken);

    /// <summary>Another server may have led, and nobody knows what it did: nothing that is remembered holds any more.</summary>
    Task StartOverAsync(CancellationToken cancellationToken);

    /// <summary>What is remembered and on record, for the next leader. Nothing is begun any more. Bounded; never fails.</summary>
    Task<ReadOnlyMemory<byte>> ExportAsync(CancellationToken cancellationToken);
}
