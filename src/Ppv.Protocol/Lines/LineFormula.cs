namespace Ppv.Protocol;

/// <summary>The old system's choice of a line: the connection id as a number, modulo the count of lines (contract §3).</summary>
public static class LineFormula
{
    /// <summary>
    /// The line of a call: <c>int(connid, 16) mod count + first</c>, computed digit by digit, so that an id of any length needs
    /// no large integer. Two calls may get the same line.
    /// </summary>
    /// <param name="connectionId">The call.</param>
    /// <param name="range">The lines to choose from.</param>
    public static LineNumber LineOf(ConnectionId connectionId, LineRange range)
    {
        ArgumentNullException.ThrowIfNull(connectionId);
        var remainder = 0;
        foreach (var digit in connectionId.Digits)
            remainder = (remainder * 16 + HexValue(digit)) % range.Count;
        return new LineNumber(range.First.Value + remainder);
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
