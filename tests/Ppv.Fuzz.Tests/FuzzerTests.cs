using System.Text;
using Microsoft.Extensions.Logging;
using Ppv.Fuzz.Engine;

// What an input allocates is counted for the whole process where it takes several threads.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Ppv.Fuzz.Tests;

/// <summary>Whether the fuzzer finds what is there to be found: each with a fault that was planted into a toy.</summary>
public class FuzzerTests
{
    private const long Enough = 200_000;

    [Theory]
    [InlineData(FindingKind.Crash)]
    [InlineData(FindingKind.Growth)]
    [InlineData(FindingKind.ForgedLine)]
    [InlineData(FindingKind.BrokenPromise)]
    public async Task A_planted_fault_of_each_kind_is_found_and_shortened(FindingKind kind)
    {
        var watch = new Watch();
        var target = FuzzTarget.Of("toy", ["level", "deep"], (input, seen) =>
        {
            var text = Encoding.Latin1.GetString(input);
            if (!text.Contains("level", StringComparison.Ordinal)) return;
            seen.Saw("a level");
            if (!text.Contains("level:\0", StringComparison.Ordinal)) return;
            Misbehave(kind, seen);
        });
        await using var fuzzer = new Fuzzer(target, watch, ["{'level':1}"u8.ToArray()], seed: 7);
        await fuzzer.RunAsync(Hang.Limit, Enough);
        var finding = fuzzer.Findings.ShouldHaveSingleItem();
        finding.Kind.ShouldBe(kind, finding.ToString());
        Encoding.Latin1.GetString(finding.Input).ShouldBe("level:\0");
        finding.ToString().ShouldContain(Convert.ToBase64String(finding.Input));
    }

    [Fact]
    public async Task What_never_ends_is_a_finding_and_the_last_one()
    {
        using var end = new ManualResetEventSlim();
        var target = FuzzTarget.Of("toy", [], (_, _) => end.Wait(Hang.Limit));
        var runner = new Runner(target, new Watch(), TimeSpan.FromMilliseconds(200));
        (await runner.RunAsync([1])).ShouldNotBeNull().Kind.ShouldBe(FindingKind.Hang);
        runner.IsStuck.ShouldBeTrue();
        end.Set();
    }

    [Fact]
    public async Task What_ends_after_much_work_is_a_finding()
    {
        var target = FuzzTarget.Of("toy", [], (_, _) =>
        {
            var begun = Environment.CpuUsage.TotalTime;
            while (Environment.CpuUsage.TotalTime - begun < TimeSpan.FromSeconds(2.1)) Thread.SpinWait(10_000);
        });
        (await new Runner(target, new Watch()).RunAsync([1])).ShouldNotBeNull().Kind.ShouldBe(FindingKind.Hang);
    }

    [Fact]
    public async Task What_waits_for_ever_is_a_finding_too()
    {
        var target = new FuzzTarget("toy", [], async (_, _) => await new TaskCompletionSource().Task);
        var runner = new Runner(target, new Watch(), TimeSpan.FromMilliseconds(200));
        (await runner.RunAsync([1])).ShouldNotBeNull().Kind.ShouldBe(FindingKind.Hang);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task What_happens_once_counts_where_no_other_input_can_have_caused_it(bool mustRepeat, bool isFound)
    {
        var runs = 0;
        var target = FuzzTarget.Of("toy", [], (_, _) => Watch.Ensure(++runs > 1, "It is well.")) with { MustRepeat = mustRepeat };
        (await new Runner(target, new Watch()).RunAsync([1]) is not null).ShouldBe(isFound);
    }

    [Fact]
    public async Task What_other_threads_allocate_for_an_input_counts()
    {
        var target = new FuzzTarget("toy", [], async (input, _) =>
        {
            await Task.Yield();
            await Task.Run(() => GC.KeepAlive(new byte[10_000_000]));
        });
        (await new Runner(target, new Watch()).RunAsync([1])).ShouldNotBeNull().Kind.ShouldBe(FindingKind.Growth);
    }

    [Fact]
    public async Task Growth_that_is_in_proportion_is_none()
    {
        var target = FuzzTarget.Of("toy", [], (input, _) => GC.KeepAlive(new byte[input.Length * 200]));
        (await new Runner(target, new Watch()).RunAsync(new byte[4096])).ShouldBeNull();
    }

    [Theory]
    [InlineData("Order a\nb")]
    [InlineData("Order \u001b[2J")]
    [InlineData("Order a\u2028b")]
    [InlineData("Order \u202egnp")]
    [InlineData("Order \u0085")]
    public void A_line_that_is_none_is_seen(string text) => Watch.IsOneLine(text).ShouldBeFalse();

    [Fact]
    public void Text_of_any_language_is_a_line() => Watch.IsOneLine("Auftrag für Łódź, 東京 \U0001F600…").ShouldBeTrue();

    [Fact]
    public async Task The_same_seed_makes_the_same_inputs()
    {
        (await InputsOfAsync(5)).ShouldBe(await InputsOfAsync(5));
        (await InputsOfAsync(5)).ShouldNotBe(await InputsOfAsync(6));
    }

    [Fact]
    public void No_input_is_longer_than_the_target_takes()
    {
        var mutator = new Mutator(new Random(1), ["abc"], maxLength: 100);
        var input = new byte[90];
        for (var i = 0; i < 20_000; i++) mutator.Change(input, input).Length.ShouldBeLessThanOrEqualTo(100);
    }

    [Fact]
    public void Findings_of_one_cause_have_one_signature_and_others_have_another()
    {
        Signature("There is no order 17 in 'abc'.").ShouldBe(Signature("There is no order 4 in 'x'."));
        Signature("There is no order.").ShouldNotBe(Signature("There is no call."));
        Signature("An answer's text is printable: '1").ShouldBe(Signature("An answer's text is printable: K'2"));
        Signature("event 12 of a: Order 1").ShouldBe(Signature("event 12 of a: Order 2"));
        Signature("event 12 of a: Order 1").ShouldNotBe(Signature("event 13 of a: Order 1"));
        static string Signature(string what) => new Finding("toy", FindingKind.BrokenPromise, what, []).Signature;
    }

    private static async Task<List<string>> InputsOfAsync(int seed)
    {
        var inputs = new List<string>();
        var target = FuzzTarget.Of("toy", ["a"], (input, _) => inputs.Add(Convert.ToBase64String(input)));
        await using var fuzzer = new Fuzzer(target, new Watch(), [[1, 2, 3], [4, 5, 6]], seed);
        await fuzzer.RunAsync(Hang.Limit, 500);
        return inputs;
    }

    private static void Misbehave(FindingKind kind, Watch watch)
    {
        switch (kind)
        {
            case FindingKind.Crash:
                throw new InvalidOperationException("A state that was not foreseen.");
            case FindingKind.Growth:
                GC.KeepAlive(new byte[1_000_000]);
                break;
            case FindingKind.ForgedLine:
                watch.CreateLogger("toy").Said("a\nb");
                break;
            default:
                Watch.Ensure(false, "It is as it should be.");
                break;
        }
    }
}

internal static partial class ToyLog
{
    [LoggerMessage(1, LogLevel.Information, "Somebody said {Text}.")]
    public static partial void Said(this ILogger logger, string text);
}
