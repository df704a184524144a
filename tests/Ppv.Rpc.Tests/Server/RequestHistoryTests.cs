using Ppv.Rpc.Brokers;
using Ppv.Rpc.Server;

namespace Ppv.Rpc.Tests.Server;

/// <summary>What a server makes of what a sender says of its id, whatever the sender's clock shows.</summary>
public class RequestHistoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 3, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Minute = TimeSpan.FromMinutes(1), Life = TimeSpan.FromSeconds(30);

    [Fact]
    public void What_a_sender_says_whose_clock_is_right_is_taken_as_it_is() =>
        Read(IdHistory.PossibleSince(Now - Minute), sentAt: Now).ShouldBe(IdHistory.PossibleSince(Now - Minute));

    [Fact]
    public void A_sender_whose_clock_is_ahead_makes_no_id_younger()
    {
        Read(IdHistory.PossibleSince(Now + Hour - Minute), sentAt: Now + Hour).ShouldBe(IdHistory.PossibleSince(Now - Minute));
        Read(IdHistory.RepeatSince(Now + Hour - Minute), sentAt: Now + Hour).ShouldBe(IdHistory.RepeatSince(Now - Minute));
    }

    [Fact]
    public void An_id_that_is_said_to_be_younger_than_its_message_may_be_of_any_age() =>
        Read(IdHistory.RepeatSince(Now), sentAt: Now - Hour).ShouldBe(IdHistory.Repeat);

    [Fact]
    public void A_new_one_that_somebody_may_have_had_is_as_old_as_a_message_can_be() =>
        Read(IdHistory.New, sentAt: Now, redelivered: true).ShouldBe(IdHistory.RepeatSince(Now - TimeSpan.FromSeconds(35)));

    /// <summary>An exception here would leave the delivery unsettled for ever.</summary>
    [Fact]
    public void A_message_and_an_id_of_the_last_moment_that_there_is_are_read_like_any_other() => RequestHistory.Of(
        new BrokerDelivery(
            new BrokerMessage
            {
                Body = default,
                History = IdHistory.PossibleSince(DateTimeOffset.MaxValue),
                Deadline = DateTimeOffset.MaxValue,
                Expiration = TimeSpan.Zero,
            },
            1, false),
        Now, new RpcOptions()).ShouldBe(IdHistory.PossibleSince(Now));

    private static IdHistory Read(IdHistory history, DateTimeOffset sentAt, bool redelivered = false) => RequestHistory.Of(
        new BrokerDelivery(
            new BrokerMessage { Body = default, History = history, Deadline = sentAt + Life, Expiration = Life }, 1, redelivered),
        Now, new RpcOptions());
}
