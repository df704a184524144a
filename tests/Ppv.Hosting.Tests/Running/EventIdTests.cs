using System.Reflection;
using Microsoft.Extensions.Logging;
using Ppv.Protocol;
using Ppv.Rpc;

namespace Ppv.Hosting.Tests;

/// <summary>
/// Whoever reads a log finds a message by its event id alone, so no two messages of the packages share one: see CONTRIBUTING.md.
/// </summary>
public class EventIdTests
{
    private static readonly (Assembly Package, int First, int Last)[] Blocks =
    [
        (typeof(PpvServerOptions).Assembly, 1, 999),
        (typeof(RpcClient).Assembly, 1000, 1999),
        (typeof(PpvOrder).Assembly, 2000, 2999),
    ];

    /// <summary>Every message of every package.</summary>
    public static IEnumerable<(int Id, string Name, LogLevel Level, string Text)> Messages =>
        Blocks.SelectMany(block => MessagesOf(block.Package));

    private static IEnumerable<(int Id, string Name, LogLevel Level, string Text)> MessagesOf(Assembly package) =>
        from type in package.GetTypes()
        from method in type.GetMethods(
            BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message is not null
        select (message.EventId, $"{type.Name}.{method.Name}", message.Level, message.Message);

    [Fact]
    public void Every_package_has_messages_and_numbers_them_within_its_own_block()
    {
        foreach (var (package, first, last) in Blocks)
        {
            var messages = MessagesOf(package).ToList();
            messages.ShouldNotBeEmpty();
            messages.Where(message => message.Id < first || message.Id > last)
                .ShouldBeEmpty($"{package.GetName().Name} has the event ids {first} to {last}; give these messages the next free ones.");
        }
    }

    [Fact]
    public void No_two_messages_have_one_event_id() =>
        Messages.GroupBy(message => message.Id).Where(messages => messages.Count() > 1)
            .Select(messages => $"{messages.Key}: {string.Join(", ", messages.Select(message => message.Name))}")
            .ShouldBeEmpty("Give the newer message the next free event id of its package.");
}
