namespace Ppv.Rpc.Messages;

/// <summary>
/// The proof that nothing was ever executed under a request's id. Only what knows the id's whole past gives one, so that who knows an
/// attempt only can't tell a caller that his request was not executed.
/// </summary>
internal sealed class NewId
{
    private static readonly NewId Proof = new();

    private NewId()
    {
    }

    /// <summary>The proof that the sender has: he has made the id for this request.</summary>
    public static NewId? Of(IdHistory history) => history.IsNew ? Proof : null;

    /// <summary>
    /// The proof that a server has which finds no record of an id: the sender's, or its record covers the id's whole past.
    /// </summary>
    /// <param name="history">What the sender says.</param>
    /// <param name="coveredSince">Since when the server has a record of all that was executed; <see langword="null"/>: not known.</param>
    /// <param name="forgottenBefore">What is older than this the record has forgotten.</param>
    public static NewId? Of(IdHistory history, DateTimeOffset? coveredSince, DateTimeOffset forgottenBefore)
    {
        if (history.IsNew) return Proof;
        if (coveredSince is not { } covered) return null;
        // Of an undated repeat it is promised for as long as the record keeps it.
        return (history.Since ?? forgottenBefore) is var since && since >= covered && since >= forgottenBefore ? Proof : null;
    }
}
