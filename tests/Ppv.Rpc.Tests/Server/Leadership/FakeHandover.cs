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

    public Task ImportAsync(ReadOnlyMemory<byte> remembered, CancellationToken cancellationToken) =>
        remembered.Length > 0 ? Tell("import " + Encoding.ASCII.GetString(remembered.Span)) : throw new FormatException("It is empty.");

    public Task StartOverAsync(CancellationToken cancellationToken) => Tell("start over");

    public ReadOnlyMemory<byte> Export() => Encoding.ASCII.GetBytes("what " + identity + " knows");

    private Task Tell(string what)
    {
        Told.Enqueue(what);
        return Task.CompletedTask;
    }
}
