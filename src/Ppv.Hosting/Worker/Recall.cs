namespace Ppv.Hosting.Worker;

/// <summary>What is known of an order before it is begun.</summary>
/// <param name="Answer">The answer, where its id has one already: then it is not begun.</param>
/// <param name="Past">The id's past.</param>
/// <param name="CutOff">An attempt of it that was cut off, so that it is begun once more.</param>
internal sealed record Recall(OrderAnswer? Answer, IdPast Past, JournalEntry? CutOff = null)
{
    public static Recall Of(OrderAnswer answer) => new(answer, new IdPast(null, default, EndsLease: false));
}
