using Ppv.Fuzz.Engine;
using Ppv.Fuzz.Targets;

namespace Ppv.Fuzz.Tests;

/// <summary>The inputs that are known, those that broke something once among them.</summary>
public class CorpusTests
{
    public static TheoryData<string> Targets => [.. AllTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Every_known_input_keeps_every_promise(string target)
    {
        var findings = new List<string>();
        await using var fuzzer = await AllTargets.OpenAsync(target, seed: 0);
        foreach (var (name, input) in Corpus.Of(target))
        {
            if (!fuzzer.IsStuck && await fuzzer.TryAsync(input) is { } finding) findings.Add($"{name}: {finding}");
        }

        findings.ShouldBeEmpty();
    }

    [Fact]
    public void Each_target_has_a_corpus_and_each_corpus_a_target() =>
        Directory.GetDirectories(Corpus.Folder).Select(Path.GetFileName).ShouldBe(AllTargets.Names, ignoreOrder: true);
}
