using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;

namespace Ppv.Rpc.Tests.Brokers;

/// <summary>Which messages the broker has not answered for.</summary>
public class UnconfirmedMessagesTests
{
    /// <summary>Beside a model: a list of all that were published, in their order, of which the broker's answers take some.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void It_takes_out_what_a_plain_list_would(int seed)
    {
        var random = new Random(seed);
        var unconfirmed = new UnconfirmedMessages();
        var model = new List<(ulong Number, UnconfirmedMessage Message)>();
        ulong next = 1;
        for (var step = 0; step < 5_000; step++)
        {
            var grows = step / 1_000 % 2 == 0; // Some hundreds wait at times, and none at others.
            switch (random.Next(grows ? 12 : 8))
            {
                case 0:
                    var single = (ulong)random.NextInt64(0, (long)next + 2);
                    var expected = model.Where(one => one.Number == single).Select(one => one.Message).ToList();
                    Taken(unconfirmed, single, multiple: false).ShouldBe(expected);
                    model.RemoveAll(one => one.Number == single);
                    break;
                case 1 when !grows || random.Next(10) == 0:
                    var upTo = (ulong)random.NextInt64(0, (long)next + 2);
                    var all = model.Where(one => one.Number <= upTo || upTo == 0).Select(one => one.Message).ToList();
                    Taken(unconfirmed, upTo, multiple: true).ShouldBe(all);
                    model.RemoveAll(one => one.Number <= upTo || upTo == 0);
                    break;
                case 2 when model.Count > 0:
                    var returned = model[random.Next(model.Count)].Message;
                    var oldest = model.First(one => IsAlike(one.Message, returned));
                    unconfirmed.TryTake(returned.Queue, returned.CorrelationId, out var given).ShouldBeTrue();
                    given.ShouldBe(oldest.Message);
                    model.Remove(oldest);
                    break;
                case 3:
                    var since = random.NextInt64(0, (long)next);
                    var isOverdue = model.Count > 0 && model[0].Message.Since <= since;
                    unconfirmed.TryTakeSince(since, out var overdue).ShouldBe(isOverdue);
                    if (!isOverdue) break;
                    overdue.ShouldBe(model[0].Message);
                    model.RemoveAt(0);
                    break;
                case 4 when model.Count > 0 && model[^1].Number == next - 1:
                    unconfirmed.TryTakeBack(out var back).ShouldBeTrue();
                    back.ShouldBe(model[^1].Message);
                    model.RemoveAt(model.Count - 1);
                    next--;
                    break;
                default:
                    var message = Message(next, random);
                    unconfirmed.Add(message);
                    model.Add((next++, message));
                    break;
            }

            unconfirmed.OldestSince.ShouldBe(model.Count > 0 ? model[0].Message.Since : null);
        }
    }

    [Fact]
    public void What_the_broker_answers_twice_is_taken_out_once()
    {
        var unconfirmed = new UnconfirmedMessages();
        unconfirmed.Add(Message(1, new Random(1)));

        unconfirmed.TryTake(1, multiple: false, out _).ShouldBeTrue();
        unconfirmed.TryTake(1, multiple: false, out _).ShouldBeFalse();
        unconfirmed.TryTake(1, multiple: true, out _).ShouldBeFalse();
        unconfirmed.TryTake("orders", "1", out _).ShouldBeFalse();
    }

    [Fact]
    public void The_last_one_was_answered_before_it_could_be_taken_back()
    {
        var unconfirmed = new UnconfirmedMessages();
        unconfirmed.Add(Message(1, new Random(1)));
        unconfirmed.TryTake(1, multiple: false, out _).ShouldBeTrue();

        unconfirmed.TryTakeBack(out _).ShouldBeFalse();

        var next = Message(7, new Random(1));
        unconfirmed.Add(next);
        unconfirmed.TryTake(1, multiple: false, out var taken).ShouldBeTrue("the library counts the next one by the same number");
        taken.ShouldBe(next);
    }

    private static List<UnconfirmedMessage> Taken(UnconfirmedMessages unconfirmed, ulong number, bool multiple)
    {
        List<UnconfirmedMessage> taken = [];
        while (unconfirmed.TryTake(number, multiple, out var message)) taken.Add(message);
        return taken;
    }

    private static bool IsAlike(UnconfirmedMessage one, UnconfirmedMessage other) =>
        one.Queue == other.Queue && one.CorrelationId == other.CorrelationId;

    private static UnconfirmedMessage Message(ulong number, Random random) => new(
        random.Next(2) == 0 ? "orders" : "amq.gen-1", random.Next(3) == 0 ? null : $"{number}", new PublishOutcome(), (long)number, 0);
}
