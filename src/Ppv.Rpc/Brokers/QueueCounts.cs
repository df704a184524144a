namespace Ppv.Rpc.Brokers;

/// <summary>How full a queue is.</summary>
/// <param name="Messages">Messages that nobody was given yet.</param>
/// <param name="Consumers">Who consumes it.</param>
internal readonly record struct QueueCounts(int Messages, int Consumers)
{
    public static QueueCounts operator +(QueueCounts left, QueueCounts right) =>
        new(left.Messages + right.Messages, left.Consumers + right.Consumers);
}
