using System.Text;
using Ppv.Rpc;
using Ppv.Rpc.Brokers;

namespace Ppv.Broker.Tests.Brokers;

/// <summary>Alarms block a connection without losing it; notes between servers are taken once and don't outlive the broker.</summary>
public sealed class AlarmAndNoteTests(OwnNode own) : IClassFixture<OwnNode>
{
    private readonly string _queue = TestBroker.UniqueQueueName("note");

    [Theory]
    [InlineData(QueueKind.DurableClassic)]
    [InlineData(QueueKind.LegacyTransient)]
    [InlineData(QueueKind.Quorum)]
    public async Task A_note_is_taken_once_and_a_newer_one_replaces_it(QueueKind kind)
    {
        await using var connection = await RealConnection.DialAsync(own.Node.Address);
        await using var next = await RealConnection.DialAsync(own.Node.Address);
        (await TakeAsync(connection, kind)).ShouldBeNull();

        (await connection.LeaveLeaderRecordAsync(_queue, "first"u8.ToArray(), Bounds.Token)).ShouldBeTrue();
        (await connection.LeaveLeaderRecordAsync(_queue, "second"u8.ToArray(), Bounds.Token)).ShouldBeTrue();

        (await TakeAsync(next, kind)).ShouldBe("second");
        (await TakeAsync(next, kind)).ShouldBeNull();
        (await TakeAsync(connection, kind)).ShouldBeNull();
    }

    [Fact]
    public async Task A_note_does_not_outlive_a_restart_of_the_broker_though_its_queue_does()
    {
        await using (var connection = await RealConnection.DialAsync(own.Node.Address))
        {
            await TakeAsync(connection, QueueKind.DurableClassic);
            (await connection.LeaveLeaderRecordAsync(_queue, "old"u8.ToArray(), Bounds.Token)).ShouldBeTrue();
        }

        await own.Node.StopAppAsync();
        await own.Node.StartAppAsync();

        await using var next = await RealConnection.DialAsync(own.Node.Address);
        (await TakeAsync(next, QueueKind.DurableClassic)).ShouldBeNull();
        (await next.CountAsync(_queue + ".note", Bounds.Token)).Consumers.ShouldBe(0);
    }

    [Fact]
    public async Task A_note_queue_that_cannot_be_used_is_named_with_what_to_do()
    {
        var user = $"limited-{Guid.NewGuid():N}";
        await own.Node.ControlAsync("add_user", user, user);
        await own.Node.ControlAsync("set_permissions", "-p", own.Node.Address.VirtualHost, user, ".*", ".*", "^(?!note).*");
        await using var connection = await RealConnection.DialAsync(own.Node.Address with { UserName = user, Password = user });
        (await connection.LeaveLeaderRecordAsync(_queue, "note"u8.ToArray(), Bounds.Token)).ShouldBeTrue();

        var refused = await Should.ThrowAsync<BrokerException>(connection.TakeLeaderRecordAsync(_queue, QueueKind.LegacyTransient,
            Bounds.Token));
        var differs = await Should.ThrowAsync<BrokerException>(connection.LeaveLeaderRecordAsync(_queue, "note"u8.ToArray(), Bounds.Token));

        refused.NeedsAttention.ShouldBeTrue();
        refused.Message.ShouldContain(_queue + ".note");
        refused.Message.ShouldContain("permissions");
        differs.NeedsAttention.ShouldBeTrue();
        differs.Message.ShouldContain("Delete it");
        connection.Lost.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task An_alarm_blocks_the_connection_and_does_not_lose_it()
    {
        await using var connection = await RealConnection.DialAsync(own.Node.Address, options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            // The publish below is not confirmed before the alarm is over, however slow rabbitmqctl is.
            options.OperationTimeout = Bounds.Limit;
        });
        await connection.DeclareQueueAsync(new QueueDeclaration(_queue, QueueKind.LegacyTransient, RealConnection.Ttl), Bounds.Token);
        await connection.ConsumeRepliesAsync();
        var changed = new SemaphoreSlim(0);
        connection.BlockedChanged += () => changed.Release();

        await own.Node.ControlAsync("set_vm_memory_high_watermark", "0.0001");
        Task? unread = null;
        try
        {
            // The broker says so to a connection that publishes.
            unread = connection.PublishAsync(_queue, RealConnection.Message("1"));
            await changed.WaitAsync(Bounds.Token);
            connection.BlockedReason.ShouldNotBeNull();

            for (var probe = 0; probe < 3; probe++) (await connection.ProbeAsync().Within()).ShouldBeFalse();
            connection.Lost.IsCompleted.ShouldBeFalse();
        }
        finally
        {
            await own.Node.ControlAsync("set_vm_memory_high_watermark", "0.4");
        }

        await changed.WaitAsync(Bounds.Token);
        connection.BlockedReason.ShouldBeNull();
        await unread.Within();
        (await connection.ProbeAsync().Within()).ShouldBeTrue();
        connection.Lost.IsCompleted.ShouldBeFalse();
    }

    private async Task<string?> TakeAsync(IBrokerConnection connection, QueueKind kind) =>
        await connection.TakeLeaderRecordAsync(_queue, kind, Bounds.Token) is { } note ? Encoding.ASCII.GetString(note.Span) : null;
}
