using System.Text;
using Microsoft.AspNetCore.Http;
using Ppv.Fuzz.Engine;
using Ppv.Fuzz.Support;
using Ppv.Hosting;
using Ppv.Hosting.Gateway;
using Ppv.Protocol;
using Ppv.Rpc.Orders;

namespace Ppv.Fuzz.Targets;

/// <summary>The readers of orders: the dialect, the body of a request, and the headers that name an order.</summary>
internal static class OrderTargets
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Longer than what the readers take.</summary>
    private const int Long = OrderJson.MaxLength + 4096;

    public static FuzzTarget Dialect(Watch watch) => FuzzTarget.Of("order", Orders.Dictionary, (input, watch) =>
    {
        if (OrderJson.TryRead(input, out var order, out var error)) Orders.Accepted(order, watch);
        else Orders.Refused(error, watch);
    }) with
    {
        MaxLength = Long,
    };

    public static FuzzTarget Body(Watch watch) => FuzzTarget.Of("request-body", Orders.Dictionary, (input, watch) =>
    {
        if (OrderJson.TryReadRequest(input, out var order, out var error)) Orders.Accepted(order, watch);
        else Orders.Refused(error, watch);
    }) with
    {
        MaxLength = Long,
    };

    /// <summary>Each line is a value: those that begin with <c>i</c> of one header, the others of the other one.</summary>
    public static FuzzTarget IdHeaders(Watch watch) => FuzzTarget.Of(
        "order-id-headers",
        [
            "i\"", "o", "\"", "..", "/./", "/", "019b7e4c3a007cde8f0123456789abcd", "01234567-89ab-7cde-8f01-23456789abcd.UP",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV", "1767268800.123-f3a0", "1767268800123",
        ],
        (input, watch) =>
        {
            var lines = Encoding.Latin1.GetString(input).Split('\n');
            var values = lines.ToLookup(line => line.StartsWith('i'), line => line.Length > 0 ? line[1..] : "");
            var headers = new HeaderDictionary
            {
                [OrderIdHeaders.IdempotencyKey] = values[true].ToArray(),
                [OrderIdHeaders.OrderId] = values[false].ToArray(),
            };
            var (id, isKey, error) = OrderIdHeaders.Read(headers);
            watch.Saw($"id {id is not null} {isKey}");
            if (error is not null) Orders.Refused(error, watch);
            if (id is null) return;
            Watch.Ensure(PpvOrder.IsValidId(id), "An id that is taken is a valid one.");
            var history = OrderIdDate.HistoryOf(id, TimeSpan.FromMinutes(5), Noon);
            Watch.Ensure(!history.IsNew, "Of an id that a caller made nobody knows that it is new.");
            Watch.Ensure(history.Since <= Noon, "No id was made in the future.");
            watch.Saw($"dated {history.Since != Noon - TimeSpan.FromMinutes(5)}");
        });
}
