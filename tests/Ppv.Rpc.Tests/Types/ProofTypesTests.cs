namespace Ppv.Rpc.Tests.Types;

/// <summary>
/// That one attempt came to nothing can't become a caller's <i>not executed</i> by mistake: the compiler wants the proof that the id has no
/// past. Each wrong line is one that could be written in this repository, where internal members are seen.
/// </summary>
public class ProofTypesTests
{
    private const string Known = """
        IdHistory history = IdHistory.Repeat;
        NotSent attempt = new(Reason.Of("No queue took it."));
        NewId? proof = NewId.Of(history);

        """;

    private static readonly string[] Usings = ["System", "Ppv.Protocol", "Ppv.Protocol.Text", "Ppv.Rpc", "Ppv.Rpc.Messages",
        "Ppv.Rpc.Orders.Routing", "Ppv.Hosting", "Ppv.Hosting.Gateway", "Ppv.Hosting.Worker"];

    [Theory]
    [InlineData("var (outcome, reason) = attempt.Tell(proof); RpcReply reply = RpcReply.WithoutBody(outcome, reason);")]
    [InlineData("var (outcome, reason) = attempt.Tell(NewId.Of(history)); var result = new PpvResult(\"id\", outcome, null, reason.Told);")]
    [InlineData("var (outcome, _) = attempt.Tell(NewId.Of(history, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch));")]
    [InlineData("var (outcome, _) = attempt.Tell(null); // Unknown.")]
    [InlineData("Route route = Route.NotFound(attempt);")]
    [InlineData("OrderAnswer answer = OrderAnswer.NotSent(\"ER444\", attempt, proof);")]
    public void The_right_line_compiles(string line) => ErrorsIn(line).ShouldBeEmpty();

    [Theory]
    [InlineData("proof = new NewId();", "CS0122")] // Only what knows the whole past makes a proof.
    [InlineData("proof = new();", "CS0122")]
    [InlineData("proof = NewId.Proof;", "CS0122")]
    [InlineData("proof = NewId.Of(attempt);", "CS1503")]
    [InlineData("proof = (NewId)attempt;", "CS0030")]
    [InlineData("proof = proof with { };", "CS8858")]
    [InlineData("history = new IdHistory(1L);", "CS0122")]
    [InlineData("history = history with { Since = null };", "CS0200")]
    [InlineData("history = history with { IsNew = true };", "CS0200")]
    public void A_proof_cannot_be_made_up(string line, string error) => ErrorsIn(line).ShouldBe([error]);

    [Theory]
    [InlineData("var (outcome, reason) = attempt.Tell();", "CS7036")]
    [InlineData("var (outcome, reason) = attempt.Tell(true);", "CS1503")]
    [InlineData("var (outcome, reason) = attempt.Tell(history);", "CS1503")]
    [InlineData("RpcOutcome outcome = attempt.Outcome;", "CS1061")]
    [InlineData("RpcOutcome outcome = attempt;", "CS0029")]
    [InlineData("RpcOutcome outcome = (RpcOutcome)attempt;", "CS0030")]
    [InlineData("RpcReply reply = attempt;", "CS0029")]
    [InlineData("RpcReply reply = (RpcReply)attempt;", "CS0030")]
    [InlineData("RpcReply reply = RpcReply.WithoutBody(attempt, \"\");", "CS1503")]
    [InlineData("var result = new PpvResult(\"id\", attempt, null, null);", "CS1503")]
    [InlineData("var result = new PpvPurchaseResult(\"key\", attempt, PpvPurchaseStep.Event, null, null);", "CS1503")]
    [InlineData("Route route = Route.NotFound(\"No queue.\");", "CS1503")]
    [InlineData("OrderAnswer answer = attempt;", "CS0029")]
    [InlineData("OrderAnswer answer = new(\"ER444\", RpcOutcome.NotExecuted, null);", "CS0122")]
    [InlineData("OrderAnswer answer = OrderAnswer.NotSent(\"ER444\", attempt);", "CS7036")]
    [InlineData("OrderAnswer answer = OrderAnswer.NotSent(\"ER444\", attempt, history);", "CS1503")]
    [InlineData("OrderAnswer answer = OrderAnswer.NotSent(\"ER444\", attempt, true);", "CS1503")]
    [InlineData("var answer = OrderAnswer.Unknown(\"ER444\", default) with { Outcome = RpcOutcome.NotExecuted };", "CS0200")]
    public void That_an_attempt_was_not_sent_is_no_answer(string line, string error) => ErrorsIn(line).ShouldBe([error]);

    [Theory]
    [InlineData("var reason = Reason.Of($\"Wizard did not answer in {3} attempts and {1.5:0.#} s.\", Environment.MachineName);")]
    [InlineData("var reason = Reason.Of($\"{attempt.Reason} Ask again.\");")]
    public void A_reason_of_words_and_numbers_compiles(string line) => ErrorsIn(line).ShouldBeEmpty();

    /// <summary>Where something is, is for the log alone.</summary>
    [Theory]
    [InlineData("var reason = Reason.Of($\"{Environment.MachineName} did not answer.\");", "CS1503")]
    [InlineData("var reason = Reason.Of($\"It failed: {new Exception().Message}\");", "CS1503")]
    [InlineData("var reason = Reason.Of($\"It failed: {new Exception()}\");", "CS1503")]
    [InlineData("var reason = new Reason(\"x\", null);", "CS0122")]
    [InlineData("var reason = default(Reason) with { Told = \"x\" };", "CS0200")]
    [InlineData("Reason reason = new Exception().Message;", "CS0029")]
    [InlineData("attempt = new NotSent(new Exception().Message);", "CS1503")]
    [InlineData("OrderAnswer answer = OrderAnswer.Unknown(\"ER444\", new Exception().Message);", "CS1503")]
    [InlineData("var answer = GatewayAnswer.Unknown(\"id\", \"ER995\", new Exception().Message);", "CS1503")]
    public void What_a_program_is_told_of_a_place_is_no_reason_for_a_caller(string line, string error) =>
        ErrorsIn(line).ShouldBe([error]);

    [Fact]
    public void Nobody_derives_a_proof_of_his_own() => ErrorsIn("Mine(); } class Own : NewId { } static void Mine() {").ShouldContain(
        "CS0509");

    private static IReadOnlyList<string> ErrorsIn(string line) => CSharpLine.ErrorsIn("Ppv.Hosting.Tests", Usings, Known + line);
}
