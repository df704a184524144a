using System.Globalization;
using Ppv.Fuzz.Engine;
using Ppv.Fuzz.Targets;

namespace Ppv.Fuzz.Tests;

/// <summary>
/// All targets with changed inputs, for as many seconds in all as <c>PPV_TEST_FUZZ_SECONDS</c> says; skipped without it. The seed that a
/// failure names (<c>PPV_TEST_FUZZ_SEED</c>) makes the same inputs again.
/// </summary>
public class ShortRunTests
{
    private const string Seconds = "PPV_TEST_FUZZ_SECONDS", Seed = "PPV_TEST_FUZZ_SEED";

    [Fact]
    public async Task No_changed_input_breaks_a_promise()
    {
        if (NumberIn(Seconds) is not { } seconds)
        {
            Assert.Skip($"Set {Seconds} to the seconds that all targets together may take, such as 120.");
            return;
        }

        var (seed, findings, turn) = (NumberIn(Seed) ?? Random.Shared.Next(), new List<Finding>(), TimeSpan.FromSeconds(seconds));
        turn /= AllTargets.Names.Count();
        foreach (var name in AllTargets.Names)
        {
            await using var fuzzer = await AllTargets.OpenAsync(name, seed);
            await fuzzer.RunAsync(turn);
            findings.AddRange(fuzzer.Findings);
            fuzzer.Inputs.ShouldBeGreaterThan(Corpus.Of(name).Count, $"{name} came to nothing but its corpus.");
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {fuzzer.Inputs} inputs");
        }

        findings.ShouldBeEmpty($"The seed was {seed} ({Seed}). Mend each at its root, and put its input into the corpus: "
            + $"base64 -d > tests/Ppv.Fuzz/corpus/TARGET/NAME\n{string.Join("\n", findings)}");
    }

    private static int? NumberIn(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
