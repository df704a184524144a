using Ppv.Fuzz.Engine;
using Ppv.Fuzz.Targets;

namespace Ppv.Fuzz;

/// <summary>Runs for as long as somebody wants, and keeps what it finds in files.</summary>
internal static class LongRun
{
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(20);

    /// <summary>Runs the targets in turn. Each is told about after its turn.</summary>
    /// <param name="folder">Where findings go, in a folder for each target.</param>
    /// <param name="time">How long, in all.</param>
    /// <param name="names">The targets.</param>
    /// <returns>The exit code: 0 when nothing was found.</returns>
    public static async Task<int> RunAsync(string folder, TimeSpan time, IReadOnlyList<string> names)
    {
        var (begun, seed) = (TimeProvider.System.GetTimestamp(), Environment.TickCount);
        var turn = time / names.Count < LongestTurn ? time / names.Count : LongestTurn;
        var fuzzers = new List<Fuzzer>();
        Say($"{names.Count} targets for {time.TotalMinutes:0.#} min, with seed {seed}; findings go to {folder}.");
        foreach (var name in names) fuzzers.Add(await AllTargets.OpenAsync(name, seed));
        while (TimeProvider.System.GetElapsedTime(begun) < time)
        {
            foreach (var fuzzer in fuzzers.Where(fuzzer => !fuzzer.IsStuck))
            {
                if (TimeProvider.System.GetElapsedTime(begun) >= time) break;
                var (before, from) = (fuzzer.Inputs, TimeProvider.System.GetTimestamp());
                await fuzzer.RunAsync(turn);
                var rate = (fuzzer.Inputs - before) / TimeProvider.System.GetElapsedTime(from).TotalSeconds;
                Say($"{fuzzer.Target.Name,-17} {fuzzer.Inputs,10} inputs {rate,8:0} a second {fuzzer.Kept,5} kept "
                    + $"{fuzzer.Findings.Count,3} findings" + (fuzzer.IsStuck ? "; it hangs, and ends here" : ""));
                Keep(folder, fuzzer.Findings);
            }

            if (fuzzers.TrueForAll(fuzzer => fuzzer.IsStuck)) break;
        }

        var (all, inputs) = (fuzzers.SelectMany(fuzzer => fuzzer.Findings).ToList(), fuzzers.Sum(fuzzer => fuzzer.Inputs));
        foreach (var fuzzer in fuzzers) await fuzzer.DisposeAsync();
        Say($"{inputs} inputs, {all.Count} findings.");
        foreach (var finding in all) Say($"  {finding.Target}/{finding.FileName}: {finding.What.Split('\n')[0]}");
        if (all.Count > 0)
            Say($"What to do: put each input from {folder} into tests/Ppv.Fuzz/corpus/TARGET, named by what it is; mend it.");
        return all.Count == 0 ? 0 : 1;
    }

    /// <summary>Runs one input.</summary>
    public static async Task<int> ReplayAsync(string target, byte[] input)
    {
        await using var fuzzer = await AllTargets.OpenAsync(target, seed: 0);
        var finding = await fuzzer.TryAsync(input);
        Say(finding?.ToString() ?? "It breaks no promise.");
        return finding is null ? 0 : 1;
    }

    private static void Keep(string folder, IEnumerable<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var file = Path.Combine(folder, finding.Target, finding.FileName);
            if (File.Exists(file)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, finding.Input);
            File.WriteAllText($"{file}.txt", $"{finding}\n");
            Say($"FOUND {file}: {finding.What.Split('\n')[0]}");
        }
    }

    private static void Say(string text) => Console.WriteLine(text);
}
