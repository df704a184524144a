using Ppv.Rpc.Client;
using Ppv.Rpc.Messages;
using static Ppv.Rpc.Messages.RequestRank;

namespace Ppv.Rpc.Tests.Client;

/// <summary>Who may wait for an answer when many do.</summary>
public class PendingRoomTests
{
    private TimeSpan _now = TimeSpan.FromHours(1);
    private readonly PendingRoom _room = new(limit: 16, sharePercent: 50);

    [Fact]
    public void What_begins_leaves_a_quarter_to_what_goes_on()
    {
        Enter("a", Begins, 12);
        Refuse("a", Begins);
        Enter("a", GoesOn, 4);
        Refuse("a", GoesOn);
    }

    [Fact]
    public void What_may_go_on_takes_none_of_what_is_kept_for_what_does_and_nothing_that_begins_takes_its_eighth()
    {
        Enter("a", Begins, 12);
        Enter("a", MayGoOn, 2);
        Refuse("a", MayGoOn);
        Enter("a", GoesOn, 2);
    }

    [Fact]
    public void What_only_says_that_it_goes_on_keeps_nobody_out_who_does()
    {
        Enter("a", MayGoOn, 14);
        Refuse("a", MayGoOn);
        Refuse("a", Begins);
        Enter("a", GoesOn, 2);
    }

    [Fact]
    public void One_client_leaves_room_for_the_beginnings_of_others_as_soon_as_there_are_any()
    {
        Enter("a", Begins, 6);
        Enter(null, Begins, 1);
        Refuse("a", Begins);
        Enter(null, Begins, 5);
        Refuse(null, Begins);
    }

    [Fact]
    public void One_client_leaves_room_for_what_may_go_on_of_others_too()
    {
        Enter("b", MayGoOn, 1);
        Enter("a", Begins, 6);
        Enter("a", MayGoOn, 1);
        Refuse("a", MayGoOn);
        Enter("b", MayGoOn, 6);
        Refuse("b", MayGoOn);
    }

    [Fact]
    public void What_goes_on_is_never_turned_away_for_what_its_client_has_besides()
    {
        Enter("b", Begins, 1);
        Enter("a", Begins, 6);
        Enter("a", GoesOn, 9);
    }

    [Fact]
    public void What_goes_on_takes_nothing_of_its_clients_share()
    {
        Enter("b", Begins, 1);
        Enter("a", GoesOn, 9);
        Enter("a", Begins, 6);
    }

    [Fact]
    public void A_client_that_was_not_heard_of_for_five_minutes_takes_nothing_from_who_is_left()
    {
        Enter("b", Begins, 1);
        _room.Leave("b", Begins);
        _now += TimeSpan.FromMinutes(5);
        Enter("a", Begins, 12);
    }

    [Theory]
    [InlineData((byte)Begins, 12)]
    [InlineData((byte)MayGoOn, 14)]
    [InlineData((byte)GoesOn, 16)]
    public void Who_leaves_makes_room(byte rank, int room)
    {
        Enter("a", (RequestRank)rank, room);
        _room.Leave("a", (RequestRank)rank);
        Enter("a", (RequestRank)rank, 1);
        Refuse("a", (RequestRank)rank);
    }

    [Fact]
    public void Where_there_is_room_for_one_only_one_may_begin()
    {
        var room = new PendingRoom(limit: 1, sharePercent: 50);
        room.TryEnter("a", Begins, _now).ShouldBeTrue();
        room.TryEnter("b", GoesOn, _now).ShouldBeFalse();
    }

    [Fact]
    public void A_question_of_our_own_is_no_other_client()
    {
        _room.TryEnter(null, Begins, _now, isQuestion: true).ShouldBeTrue();
        Enter("a", Begins, 11);
        _room.TryEnter("a", Begins, _now).ShouldBeFalse("the rest is for what goes on");
    }

    private void Enter(string? client, RequestRank rank, int times)
    {
        for (var i = 0; i < times; i++) _room.TryEnter(client, rank, _now).ShouldBeTrue($"{rank} of {client}, number {i + 1}");
    }

    private void Refuse(string? client, RequestRank rank) => _room.TryEnter(client, rank, _now).ShouldBeFalse($"{rank} of {client}");
}
