namespace Ppv.Hosting.Tests;

/// <summary>Who is on the bus, from who has answered.</summary>
public class MemberTableTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly MemberTable _table = new();

    [Fact]
    public void Who_leaves_the_questions_of_three_seconds_unanswered_is_dead_and_alive_again_when_it_answers()
    {
        Ask(0, "a", "b");
        Ask(1, "a");
        Ask(2, "a");
        Ask(3, "a");
        Read(3).ShouldBe(["a alive", "b alive"]);
        Ask(4, "a");
        Read(4).ShouldBe(["a alive", "b dead"]);
        _table.Read(Start.AddSeconds(4))[1].Description.ShouldBe("It has not answered since 12:00:00 UTC.");
        Ask(5, "a", "b");
        Read(5).ShouldBe(["a alive", "b alive"]);
    }

    [Fact]
    public void While_nobody_asks_nobody_dies()
    {
        Ask(0, "a", "b");
        Read(300).ShouldBe(["a alive", "b alive"]);
        Ask(301, "a");
        Read(303).ShouldBe(["a alive", "b alive"]);
        Read(304).ShouldBe(["a alive", "b dead"]);
    }

    [Fact]
    public void The_dead_are_shown_for_ten_minutes()
    {
        Ask(0, "a", "b");
        Ask(1, "a");
        Ask(600, "a");
        Read(600).ShouldBe(["a alive", "b dead"]);
        Ask(601, "a");
        Read(601).ShouldBe(["a alive"]);
    }

    [Fact]
    public void Who_said_that_it_leaves_is_gone_and_not_dead()
    {
        _table.Heard([Member("a", 0), Member("b", 0)], new HashSet<string> { "b" }, Start);
        Ask(1, "a");
        Ask(4, "a");
        Read(4).ShouldBe(["a alive"]);
    }

    [Fact]
    public void Who_was_started_anew_takes_the_place_of_who_it_was_before()
    {
        Ask(0, "a", "b");
        _table.Heard([Member("a", 1), Member("c", 1) with { StartedAt = Start.AddSeconds(1) }], new HashSet<string>(), At(1));
        _table.Heard([Member("a", 4), Member("c", 4) with { StartedAt = Start.AddSeconds(1) }], new HashSet<string>(), At(4));
        Read(4).ShouldBe(["a alive", "c alive"]);
    }

    [Theory]
    [InlineData("gateway", "m1", "q")]
    [InlineData("worker", "m2", "q")]
    [InlineData("worker", "m1", "other")]
    public void Another_role_machine_or_queue_takes_nobodys_place(string role, string machine, string queue)
    {
        Ask(0, "b");
        var other = Member("c", 0) with { Role = role, Machine = machine, Queues = [queue], StartedAt = At(1) };
        foreach (var second in new[] { 1, 4 }) _table.Heard([other with { LastSeenAt = At(second) }], new HashSet<string>(), At(second));
        Read(4).ShouldContain("b dead");
    }

    [Fact]
    public void New_ones_without_end_fill_no_memory_and_those_who_go_on_to_answer_stay()
    {
        for (var second = 0; second < 60; second++)
            Ask(second, [.. Enumerable.Range(0, 300).Select(number => $"{second}-{number}"), "a"]);
        _table.Read(At(59)).Count.ShouldBe(200);

        Ask(60, "a", "b");
        for (var second = 61; second < 120; second++)
            Ask(second, [.. Enumerable.Range(0, 300).Select(number => $"{second}-{number}"), "a", "b"]);
        _table.Read(At(119)).Count.ShouldBe(200);
        Read(119).ShouldContain("a alive");
        Read(119).ShouldContain("b alive");
    }

    [Fact]
    public void Who_is_left_out_is_counted() =>
        _table.Heard([.. Enumerable.Range(0, 300).Select(number => Member($"{number}", 0))], new HashSet<string>(), At(0)).ShouldBe(100);

    private void Ask(int second, params string[] answer) =>
        _table.Heard([.. answer.Select(id => Member(id, second))], new HashSet<string>(), At(second));

    private IEnumerable<string> Read(int second) =>
        _table.Read(At(second)).Select(member => $"{member.Id} {(member.IsAlive ? "alive" : "dead")}").Order();

    private static DateTimeOffset At(int second) => Start.AddSeconds(second);

    private static BoardMember Member(string id, int seen) => new(
        id, "worker", "m1", 1, "0.1.0", Start, ["q"], "leader", IsAlive: true, Start.AddSeconds(seen), IsSelf: false, "It serves.");
}
