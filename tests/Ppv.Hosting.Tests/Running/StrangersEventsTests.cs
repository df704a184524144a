using System.Reflection;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Whoever can reach a port or write to the queue must not be able to fill the log: each event is either limited in rate (its method takes
/// a <see cref="StrangersLog"/>), or stands here as one that no stranger causes at will.
/// </summary>
public class StrangersEventsTests
{
    /// <summary>
    /// What the program, its operator or its neighbours do; and orders that Wizard answered or that are in doubt, which are told one by one
    /// (1, 4, 11, 14, 18, 35, 1104, 1150, 1151, 1203, 1205, 1215). 1396 counts by itself, once in a while.
    /// New events: is it an order's, or can somebody send what causes it as often as he likes?
    /// </summary>
    private static readonly int[] OfOurs =
    [
        1, 4, 11, 14, .. Range(15, 35), .. Range(42, 63), .. Range(400, 402), .. Range(451, 453), .. Range(455, 457),
        .. Range(500, 552), 850, .. Range(1000, 1014), 1104, 1150, 1151, 1200, .. Range(1203, 1220), 1240, 1241, 1243,
        .. Range(1300, 1352), 1390, 1393, 1396, 2002, 2003,
    ];

    [Fact]
    public void Each_event_that_a_stranger_can_cause_is_limited_in_rate()
    {
        var open = Methods().Where(method => method.Level > LogLevel.Debug && !method.IsLimited).Select(method => (method.Id, method.Name));
        open.Where(method => !OfOurs.Contains(method.Id))
            .ShouldBeEmpty("Have them take a StrangersLog, or say here that nobody causes them.");
    }

    [Fact]
    public void Those_that_are_known_are_among_them() =>
        Methods().Where(method => method.IsLimited).Select(method => method.Id).Order()
            .ShouldBe([2, 3, 12, 13, 27, 450, 454, 851, 852, 1100, 1103, 1201, 1202, 1242]);

    private static IEnumerable<(int Id, string Name, LogLevel Level, bool IsLimited)> Methods() =>
        from package in (Assembly[])[typeof(PpvServerOptions).Assembly, typeof(RpcClient).Assembly, typeof(PpvOrder).Assembly]
        from type in package.GetTypes()
        from method in type.GetMethods(
            BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message is not null
        select (message.EventId, $"{type.Name}.{method.Name}", message.Level,
            method.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(StrangersLog));

    private static IEnumerable<int> Range(int first, int last) => Enumerable.Range(first, last - first + 1);
}
