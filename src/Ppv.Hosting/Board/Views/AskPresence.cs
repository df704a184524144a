using Ppv.Rpc.Presence;

namespace Ppv.Hosting.Board.Views;

/// <summary>Asks everybody on the bus who is there.</summary>
/// <param name="patience">How long to wait for answers.</param>
/// <param name="cancellationToken">Gives up.</param>
internal delegate Task<IReadOnlyList<PresenceReport>> AskPresence(TimeSpan patience, CancellationToken cancellationToken);
