using System.Diagnostics;
using System.Text.Json;

namespace Ppv.Benchmarks.Comparison;

/// <summary>A <see cref="PeerHost"/>'s process, seen from the comparison.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    /// <summary>For whatever a peer may take beyond what it was told to.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private PeerProcess(Process process) => _process = process;

    public static async Task<PeerProcess> StartAsync(string assembly, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]);
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        start.Environment["DOTNET_gcServer"] = "0"; // The same for all, whatever is the rule here.
        var peer = new PeerProcess(Process.Start(start)!);
        try
        {
            while (await peer.ReadAsync() != PeerHost.Ready) { }
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public async Task<Measurement> MeasureAsync(int inFlight, double seconds)
    {
        await _process.StandardInput.WriteLineAsync(FormattableString.Invariant($"{inFlight} {seconds}"));
        await _process.StandardInput.FlushAsync();
        return JsonSerializer.Deserialize<Measurement>(await ReadAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            _process.StandardInput.Close();
            try
            {
                await _process.WaitForExitAsync().WaitAsync(Limit);
            }
            catch (TimeoutException)
            {
                _process.Kill();
            }
        }
    }

    private async Task<string> ReadAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit)
        ?? throw new InvalidOperationException("A peer ended by itself; what it said is above.");
}
