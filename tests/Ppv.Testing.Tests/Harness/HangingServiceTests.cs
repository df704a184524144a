using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ppv.Protocol.Tests.Support;
using Ppv.Rpc;

namespace Ppv.Testing.Tests.Harness;

public sealed class HangingServiceTests
{
    [Fact]
    public async Task A_service_that_does_not_start_is_told_in_time()
    {
        var late = await Should.ThrowAsync<TimeoutException>(PpvTestHost.StartAsync(options =>
        {
            options.StartTimeout = TimeSpan.FromMilliseconds(100);
            options.ConfigureServices = services => services.AddHostedService(_ => new HangingService());
        })).Within();
        late.Message.ShouldContain("gateway did not start within 0.1 s");
    }

    [Fact]
    public async Task A_service_that_does_not_end_is_told_in_time()
    {
        var host = await PpvTestHost.StartAsync(options =>
        {
            options.StopTimeout = TimeSpan.FromMilliseconds(100);
            options.ConfigureWorkerServices = services => services.AddSingleton<HangingDisposal>().AddHostedService<NeedsDisposal>();
        });
        (await Should.ThrowAsync<TimeoutException>(host.DisposeAsync().AsTask()).Within())
            .Message.ShouldContain("worker was stopped and did not end within 5 s");
    }

    [Fact]
    public async Task A_script_that_does_not_return_is_told_in_time()
    {
        var host = await PpvTestHost.StartAsync();
        using var never = new SemaphoreSlim(0, 1);
        host.Wizard.Script = _ =>
        {
            never.Wait();
            return null;
        };
        var ordering = host.Client.SendAsync(TestCall.Orders("1")[0]);
        await host.Wizard.WaitForRequestsAsync(1, Bounded.Token());

        (await Should.ThrowAsync<TimeoutException>(host.DisposeAsync().AsTask()).Within()).Message.ShouldContain("Wizard.Script");

        (await ordering.Within()).Outcome.ShouldBe(RpcOutcome.Unknown);
        never.Release();
    }

    private sealed class HangingService : IHostedService
    {
        private readonly Task _never = new TaskCompletionSource().Task;

        public Task StartAsync(CancellationToken cancellationToken) => _never;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class HangingDisposal : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(new TaskCompletionSource().Task);
    }

    private sealed class NeedsDisposal(HangingDisposal hanging) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.FromResult(hanging);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
