namespace Ppv.Hosting.Board.State;

/// <summary>A queue of orders.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Messages">Orders that wait in it; <see langword="null"/> when that is not known.</param>
/// <param name="Consumers">Who consumes it; <see langword="null"/> when that is not known.</param>
internal sealed record BoardQueue(string Name, long? Messages, long? Consumers);
