using System.Collections.Concurrent;
using System.Text;
using Ppv.Rpc.Server;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Tests.Server;

/// <summary>Writes down what it is told.</summary>
internal sealed class FakeHandover(string identity = "me") : IHandover
{
    public ConcurrentQueue<string> Told { get; } = new();

    public Task<string> IdentityAsync(CancellationToken cancellationToken) => Task.FromResult(identity);

    public Task ContinueAsync(DateTimeOffset? since, CancellationToken cancellationToken) =>
        Tell(since is null ? "continue" : "continue since");

    /// <summary>For how long the records that come in are whole; with a gap unless a test says otherwise.</summary>
    public TimeSpan? ImportedFor { get; set; }

    public async Task<TimeSpan?> ImportAsync(ReadOnlyMemory<byte> remembered, CancellationToken cancellationToken)
    {
        if (remembered.Length == 0) throw new FormatException("It is empty.");
        await Tell("import " + Encoding.ASCII.GetString(remembered.Span));
        return ImportedFor;
    }

    public Task StartOverAsync(CancellationToken cancellationToken) => Tell("start over");

    public Task<ReadOnlyMemory<byte>> ExportAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ReadOnlyMemory<byte>>(Encoding.ASCII.GetBytes("what " + identity + " knows"));

    private Task Tell(string what)
    {
        Told.Enqueue(what);
        return Task.CompletedTask;
    }
}
