using System.Collections.Concurrent;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>Stands in Wizard's place: keeps the requests, answers as told.</summary>
internal sealed class FakeWizard : IWizardClient
{
    private readonly ConcurrentQueue<WizardRequest> _requests = new();

    public Func<WizardRequest, CancellationToken, Task<WizardReply>> Answer { get; set; } = (request, _) =>
        Task.FromResult(new WizardReply(request.Line, "OK"));

    public IReadOnlyList<WizardRequest> Requests => [.. _requests];

    public Task<WizardReply> SendAsync(WizardRequest request, CancellationToken cancellationToken = default)
    {
        _requests.Enqueue(request);
        return Answer(request, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
