// Runs all targets in turn, or one, for a while: see eng/fuzz.sh.
using System.Globalization;
using Ppv.Fuzz;
using Ppv.Fuzz.Targets;

switch (args)
{
    case ["run", var folder, var minutes] when double.TryParse(minutes, CultureInfo.InvariantCulture, out var time):
        return await LongRun.RunAsync(folder, TimeSpan.FromMinutes(time), [.. AllTargets.Names]);
    case ["run", var folder, var minutes, var target] when double.TryParse(minutes, CultureInfo.InvariantCulture, out var time)
        && AllTargets.Names.Contains(target):
        return await LongRun.RunAsync(folder, TimeSpan.FromMinutes(time), [target]);
    case ["replay", var target, var input] when AllTargets.Names.Contains(target):
        return await LongRun.ReplayAsync(
            target, File.Exists(input) ? await File.ReadAllBytesAsync(input) : Convert.FromBase64String(input));
    default:
        await Console.Error.WriteLineAsync("run FOLDER MINUTES [TARGET] | replay TARGET FILE-OR-BASE64");
        await Console.Error.WriteLineAsync($"The targets: {string.Join(", ", AllTargets.Names)}.");
        return 2;
}
