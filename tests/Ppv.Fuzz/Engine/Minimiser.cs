namespace Ppv.Fuzz.Engine;

/// <summary>Makes an input that breaks a promise shorter, as long as it breaks the same one.</summary>
internal static class Minimiser
{
    private const int MostRuns = 1_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<Finding> ShortenAsync(Finding finding, Runner runner)
    {
        var (begun, runs) = (TimeProvider.System.GetTimestamp(), 0);
        for (var size = Math.Max(finding.Input.Length / 2, 1); size > 0; size /= 2)
        {
            for (var at = 0; at < finding.Input.Length;)
            {
                if (++runs > MostRuns || TimeProvider.System.GetElapsedTime(begun) > Limit || runner.IsStuck) return finding;
                var input = finding.Input;
                byte[] shorter = [.. input[..at], .. input[Math.Min(at + size, input.Length)..]];
                if (await runner.RunAsync(shorter) is { } again && again.Signature == finding.Signature) finding = again;
                else at += size;
            }
        }

        return finding;
    }
}
