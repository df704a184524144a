namespace Ppv.Protocol.Text;

/// <summary>How a subscriber's number is shown where people and programs read that have no need to know it.</summary>
internal static class SubscriberNumber
{
    private const int Shown = 2;
    private const int ShortestShown = 8;
    private const string Mask = "****";

    /// <summary>
    /// Two characters at each end, and four stars whatever the length: <c>85****20</c>. Only stars where that would show half of it or
    /// more.
    /// </summary>
    public static string Masked(ReadOnlySpan<char> number) =>
        number.Length < ShortestShown ? Mask : $"{number[..Shown]}{Mask}{number[^Shown..]}";
}
