using Ppv.Protocol.Text;
using Ppv.Rpc.Messages;

namespace Ppv.Rpc.Tests.Messages;

/// <summary>What is known of an id, and which of it proves that it has no past.</summary>
public class IdHistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, IdHistory> Histories = new()
    {
        ["new"] = IdHistory.New,
        ["possible"] = IdHistory.PossibleSince(Noon),
        ["repeat"] = IdHistory.Repeat,
        ["repeat since"] = IdHistory.RepeatSince(Noon),
        ["default"] = default,
    };

    [Theory]
    [InlineData("new", true, false, false)]
    [InlineData("possible", false, false, true)]
    [InlineData("repeat", false, true, false)]
    [InlineData("repeat since", false, true, true)]
    [InlineData("default", false, true, false)] // Who says nothing knows nothing.
    public void Each_says_one_thing(string name, bool isNew, bool isRepeat, bool isDated)
    {
        var history = Histories[name];
        (history.IsNew, history.IsRepeat, history.Since).ShouldBe((isNew, isRepeat, isDated ? Noon : null));
    }

    [Theory]
    [InlineData("new", 1)]
    [InlineData("possible", 0)]
    [InlineData("repeat since", 0)]
    [InlineData("repeat", null)]
    [InlineData("default", null)]
    public void Once_it_was_sent_it_is_a_repeat_since_then_or_since_what_was_known_before(string name, int? hours) =>
        Histories[name].SentAt(Noon.AddHours(1)).ShouldBe(
            hours is { } after ? IdHistory.RepeatSince(Noon.AddHours(after)) : IdHistory.Repeat);

    [Theory]
    [InlineData("new", true)]
    [InlineData("possible", false)]
    [InlineData("repeat", false)]
    [InlineData("repeat since", false)]
    [InlineData("default", false)]
    public void Only_its_maker_can_prove_by_himself_that_an_id_has_no_past(string name, bool isProof) =>
        (NewId.Of(Histories[name]) is not null).ShouldBe(isProof);

    // Covered since, and forgotten before, in hours from noon on.
    [Theory]
    [InlineData("new", null, 0, true)]
    [InlineData("new", 5, 7, true)]
    [InlineData("possible", null, -9, false)]
    [InlineData("possible", -1, -9, true)]
    [InlineData("possible", 0, 0, true)]
    [InlineData("possible", 1, -9, false)] // The record begins after the id.
    [InlineData("possible", -9, 1, false)] // What was under it may be forgotten.
    [InlineData("repeat since", -1, -9, true)]
    [InlineData("repeat since", 1, -9, false)]
    [InlineData("repeat since", -9, 1, false)]
    [InlineData("repeat since", null, -9, false)]
    [InlineData("repeat", -9, -8, true)] // All that a record keeps is in it.
    [InlineData("repeat", -8, -9, false)]
    [InlineData("repeat", null, -9, false)]
    [InlineData("default", -8, -9, false)]
    public void A_record_without_the_id_proves_it_when_it_covers_its_whole_past(string name, int? covered, int forgotten, bool isProof) =>
        (NewId.Of(Histories[name], covered is { } since ? Noon.AddHours(since) : null, Noon.AddHours(forgotten)) is not null)
            .ShouldBe(isProof);

    [Fact]
    public void That_one_attempt_came_to_nothing_is_told_as_not_executed_only_with_that_proof()
    {
        var attempt = new NotSent(Reason.Of("No queue took it.", "No queue on kfs-gax took it."));
        attempt.Tell(NewId.Of(IdHistory.New)).ShouldBe((RpcOutcome.NotExecuted, attempt.Reason));
        var (outcome, reason) = attempt.Tell(NewId.Of(IdHistory.PossibleSince(Noon)));
        outcome.ShouldBe(RpcOutcome.Unknown);
        reason.Logged.ShouldStartWith("No queue on kfs-gax took it. An earlier request");
        reason.Told.ShouldStartWith("No queue took it. An earlier request under this id may have been executed");
    }

    [Fact]
    public void A_request_that_is_made_with_its_id_is_new_and_one_whose_id_was_chosen_is_a_repeat_unless_its_maker_says_more()
    {
        RpcRequest.Create("{}"u8.ToArray()).History.ShouldBe(IdHistory.New);
        new RpcRequest("mine", "{}"u8.ToArray()).History.ShouldBe(IdHistory.Repeat);
        new RpcRequestContext { Id = "x", Body = default, Deadline = Noon }.History.ShouldBe(IdHistory.Repeat);
    }

    [Fact]
    public void What_is_no_subject_is_refused_before_it_is_sent()
    {
        var request = RpcRequest.Create("{}"u8.ToArray());
        foreach (var subject in (string[])["", "two words", "a\nb", "ä", new string('s', 129)])
            Should.Throw<ArgumentException>(() => request with { Subject = subject }).Message.ShouldContain("1 to 128 printable ASCII");
        (request with { Subject = new string('s', 128) }).Subject!.Length.ShouldBe(128);
    }
}
