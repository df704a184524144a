namespace Ppv.Rpc.Serving;

/// <summary>Whether what a server remembers still holds when it enters its place.</summary>
internal static class PlaceDecision
{
    /// <param name="note">The note that lay there.</param>
    /// <param name="self">The server's identity.</param>
    /// <param name="wasMineJustNow">
    /// Whether this process had the place, and proved it, less than the grace ago: another server would still wait before its first command. It counts only
    /// where there is no note, for a note says who was here.
    /// </param>
    public static PlaceVerdict Decide(PlaceNote? note, string self, bool wasMineJustNow) => note switch
    {
        null => wasMineJustNow ? PlaceVerdict.Continue : PlaceVerdict.StartOver,
        _ when note.Identity == self => PlaceVerdict.Continue,
        { State: PlaceNoteState.Left } => PlaceVerdict.Import,
        { State: PlaceNoteState.Leaving } => PlaceVerdict.Wait,
        _ => PlaceVerdict.StartOver,
    };
}
