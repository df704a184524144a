namespace Ppv.Hosting.Tests;

public sealed class WriteQueueTests
{
    private readonly WriteQueue _queue = new(capacity: 2);

    [Fact]
    public void What_changed_while_it_was_written_stays_to_be_written()
    {
        _queue.Add(Entries.Event("e1"));
        _queue.Add(Entries.Event("e2"));
        var group = _queue.Take();
        _queue.Add(Entries.Event("e1").Said("OK"));
        _queue.Saved(group.Entries);
        _queue.Unsaved().Single().Code.ShouldBe("OK");
    }

    [Fact]
    public async Task What_was_added_at_rest_is_done_when_the_rest_ends()
    {
        _queue.Rest();
        _queue.Add(Entries.Event("e1"));
        var work = _queue.WaitAsync().AsTask();
        work.IsCompleted.ShouldBeFalse();
        _queue.Resume();
        (await work.WaitAsync(Entries.Bound)).ShouldBeTrue();
    }

    [Fact]
    public async Task Beyond_its_capacity_it_drops_new_orders_but_neither_known_ones_nor_confirms_that_were_begun()
    {
        _queue.Begun("u1");
        _queue.Begun("u2");
        _queue.Add(Entries.Event("e1")).ShouldBeFalse();
        _queue.Add(Entries.Event("e2")).ShouldBeFalse();
        _queue.Add(Entries.Event("e3")).ShouldBeTrue("the first one dropped");
        _queue.Add(Entries.Event("e4")).ShouldBeFalse();
        _queue.Add(Entries.Event("e1").Said("OK"));
        _ = _queue.AddResult(Entries.Confirm("u1").Said("OK"));
        _ = _queue.AddResult(Entries.Confirm("u2").Is(JournalState.Unknown));
        var droppedEvent = _queue.AddResult(Entries.Event("e5").Said("OK"));
        var droppedConfirm = _queue.AddResult(Entries.Confirm("u3").Is(JournalState.Unknown));
        droppedEvent.IsCompleted.ShouldBeTrue("nothing will come of it");
        (await droppedEvent).ShouldBeFalse();
        (await droppedConfirm).ShouldBeFalse();

        _queue.Unsaved().Select(entry => (entry.OrderId, entry.Code)).ShouldBe(
            [("e1", "OK"), ("e2", null), ("u1", "OK"), ("u2", null)], ignoreOrder: true);
        _queue.TakeDropped().ShouldBe(4);
        _queue.TakeDropped().ShouldBe(0);
    }

    [Fact]
    public void That_something_is_dropped_is_told_once_until_it_was_counted()
    {
        _queue.Add(Entries.Event("e1"));
        _queue.Add(Entries.Event("e2"));
        _queue.MustTellDropping().ShouldBeFalse();
        _ = _queue.AddResult(Entries.Event("e3").Said("OK"));
        _queue.MustTellDropping().ShouldBeTrue();
        _queue.MustTellDropping().ShouldBeFalse();
        _queue.Add(Entries.Event("e4")).ShouldBeFalse();
        _queue.TakeDropped().ShouldBe(2);
        _queue.Add(Entries.Event("e4")).ShouldBeTrue();
    }

    [Fact]
    public async Task Callers_that_ask_for_one_answer_again_and_again_do_not_pile_up_while_the_disk_hangs()
    {
        var waiting = new[] { _queue.AddResult(Entries.Event("e1").Said("OK")), _queue.AddResult(Entries.Event("e1").Said("OK")) };
        var tooMany = _queue.AddResult(Entries.Event("e1").Said("OK"));
        tooMany.IsCompleted.ShouldBeTrue();
        (await tooMany).ShouldBeFalse();
        waiting.ShouldAllBe(result => !result.IsCompleted);
        _queue.Take().Results.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Confirms_do_not_pile_up_while_the_disk_hangs()
    {
        var (first, second, third, fourth) = (Intent("u1"), Intent("u2"), Intent("u3"), Intent("u4"));
        _queue.Add(first);
        _queue.Add(second);
        first.Cancel(new CancellationToken(true));
        _queue.Add(third);
        third.Done.IsCompleted.ShouldBeFalse("whoever left makes room");
        _queue.Add(fourth);
        (await Should.ThrowAsync<JournalUnavailableException>(
            fourth.Done.WaitAsync(Entries.Bound))).Message.ShouldEndWith("Check the disk.");
        _queue.Find("u4")!.State.ShouldBe(JournalState.NotExecuted, "as its caller is told");
        _queue.Take().Guarded.ShouldBe([second, third]);
    }

    private static GuardedWrite Intent(string orderId)
    {
        var intent = Entries.Confirm(orderId).Is(JournalState.Intent);
        return new GuardedWrite(orderId, intent, known => JournalRules.Begin(known, intent));
    }
}
