using Ppv.Rpc.Client;

namespace Ppv.Rpc.Tests.Client;

/// <summary>Who may wait for an answer when many do.</summary>
public class PendingRoomTests
{
    private TimeSpan _now = TimeSpan.FromHours(1);
    private readonly PendingRoom _room = new(limit: 8, sharePercent: 50);

    [Fact]
    public void What_begins_leaves_a_quarter_to_what_goes_on()
    {
        for (var i = 0; i < 6; i++) _room.TryEnter("a", begins: true, _now).ShouldBeTrue();
        _room.TryEnter("a", begins: true, _now).ShouldBeFalse();
        for (var i = 0; i < 2; i++) _room.TryEnter("a", begins: false, _now).ShouldBeTrue();
        _room.TryEnter("a", begins: false, _now).ShouldBeFalse();
    }

    [Fact]
    public void One_client_leaves_room_for_the_beginnings_of_others_as_soon_as_there_are_any()
    {
        for (var i = 0; i < 3; i++) _room.TryEnter("a", begins: true, _now).ShouldBeTrue();
        _room.TryEnter(null, begins: true, _now).ShouldBeTrue();
        _room.TryEnter("a", begins: true, _now).ShouldBeFalse();
        for (var i = 0; i < 2; i++) _room.TryEnter(null, begins: true, _now).ShouldBeTrue();
    }

    [Fact]
    public void What_goes_on_is_shared_too()
    {
        _room.TryEnter("b", begins: false, _now).ShouldBeTrue();
        for (var i = 0; i < 4; i++) _room.TryEnter("a", begins: false, _now).ShouldBeTrue();
        _room.TryEnter("a", begins: false, _now).ShouldBeFalse();
        _room.TryEnter("b", begins: false, _now).ShouldBeTrue();
    }

    [Fact]
    public void A_client_that_was_not_heard_of_for_five_minutes_takes_nothing_from_who_is_left()
    {
        _room.TryEnter("b", begins: true, _now).ShouldBeTrue();
        _room.Leave("b", begins: true);
        _now += TimeSpan.FromMinutes(5);
        for (var i = 0; i < 6; i++) _room.TryEnter("a", begins: true, _now).ShouldBeTrue();
    }

    [Fact]
    public void Who_leaves_makes_room()
    {
        for (var i = 0; i < 6; i++) _room.TryEnter("a", begins: true, _now).ShouldBeTrue();
        _room.Leave("a", begins: true);
        _room.TryEnter("a", begins: true, _now).ShouldBeTrue();
        _room.TryEnter("a", begins: true, _now).ShouldBeFalse();
    }

    [Fact]
    public void Where_there_is_room_for_one_only_one_may_begin()
    {
        var room = new PendingRoom(limit: 1, sharePercent: 50);
        room.TryEnter("a", begins: true, _now).ShouldBeTrue();
        room.TryEnter("b", begins: false, _now).ShouldBeFalse();
    }

    [Fact]
    public void A_question_of_our_own_is_no_other_client()
    {
        _room.TryEnter(null, begins: true, _now, isQuestion: true).ShouldBeTrue();
        for (var i = 0; i < 5; i++) _room.TryEnter("a", begins: true, _now).ShouldBeTrue();
        _room.TryEnter("a", begins: true, _now).ShouldBeFalse("the rest is for what goes on");
    }
}
