using CsCheck;

namespace Ppv.Protocol.Tests.Support;

internal static class Generators
{
    private static readonly string[] Pieces =
    [
        "{", "}", "'", "\"", ":", ",", "connid", "EV", "EN", "CONFIRM", "UP", "None", "True", "[", "]", "\\", "\\'", "\\u", "d800", "1",
        "-", "é", "\r", " ", "content",
    ];

    public static readonly Gen<string> ConnectionIds = Gen.String[Gen.Char["0123456789abcdefABCDEF"], 1, 32];

    public static readonly Gen<string> Values =
        Gen.String[Gen.Char[' ', '~'], 1, 20].Where(text => PpvCommand.IsValidValue(text));

    public static readonly Gen<PpvCommand> Commands = Gen.OneOf(
        Values.Select(PpvCommand.Event), Values.Select(PpvCommand.Subscriber), Gen.Const(PpvCommand.Confirm));

    public static readonly Gen<LineNumber> LineNumbers = Gen.Int[1, 999].Select(value => new LineNumber(value));

    public static readonly Gen<PpvOrder> Orders = Gen.Select(ConnectionIds, Commands, Gen.Bool,
        (id, command, hasId) => new PpvOrder(hasId ? ConnectionId.Parse(id) : null, command));

    /// <summary>Bytes that look like an order often enough to reach every branch of a reader.</summary>
    public static readonly Gen<byte[]> DialectBytes = Gen.OneOf(
        Gen.Byte.Array[0, 60],
        Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index])
            .Array[0, 25].Select(parts => System.Text.Encoding.UTF8.GetBytes(string.Concat(parts))),
        Gen.Select(Orders, Gen.Int[0, 200], Gen.Byte, Gen.Bool, (order, at, value, isRequest) =>
        {
            var bytes = isRequest ? OrderJson.ToRequestBytes(order) : OrderJson.ToBytes(order, OrderJsonStyle.Python);
            bytes[at % bytes.Length] = value;
            return bytes;
        }));
}
