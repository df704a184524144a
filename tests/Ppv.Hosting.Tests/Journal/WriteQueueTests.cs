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
    public void Beyond_its_capacity_it_drops_new_orders_but_neither_known_ones_nor_results()
    {
        _queue.Add(Entries.Event("e1")).ShouldBeFalse();
        _queue.Add(Entries.Event("e2")).ShouldBeFalse();
        _queue.Add(Entries.Event("e3")).ShouldBeTrue("the first one dropped");
        _queue.Add(Entries.Event("e4")).ShouldBeFalse();
        _queue.Add(Entries.Event("e1").Said("OK"));
        _ = _queue.AddResult(Entries.Confirm("u1").Said("OK"));
        _queue.Unsaved().Select(entry => (entry.Order.Id, entry.Code)).ShouldBe([("e1", "OK"), ("e2", null), ("u1", "OK")], ignoreOrder: true);
        _queue.TakeDropped().ShouldBe(2);
        _queue.TakeDropped().ShouldBe(0);
    }
}
