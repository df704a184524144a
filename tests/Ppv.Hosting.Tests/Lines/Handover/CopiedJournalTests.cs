namespace Ppv.Hosting.Tests;

/// <summary>A copy of a journal has the name of the original, and lacks what that one has recorded since.</summary>
public class CopiedJournalTests
{
    [Fact]
    public async Task An_old_copy_at_another_path_is_not_believed_to_have_led()
    {
        await using var workers = await TwoWorkers.StartAsync();
        workers.Clock.Advance(TimeSpan.FromHours(25));
        (await workers.CallAsync("early"))[2].ShouldBe("Completed OK");
        await workers.Host.StopWorkerAsync();
        File.Copy(workers.PathOf(1), workers.PathOf(3)); // The night's backup.
        await workers.HandOverToAsync(1);
        workers.Clock.Advance(TimeSpan.FromHours(2));
        (await workers.CallAsync("order-7", call: "2"))[2].ShouldBe("Completed OK");

        await workers.DieAndFollowAsync(3); // The disk is gone: the backup is used elsewhere.

        (await workers.CallAsync("order-7", call: "2"))[2].ShouldStartWith("Unknown");
        (await workers.CallAsync("early"))[2].ShouldBe("Completed OK", "that is on record");
        workers.Bought.ShouldBe(2);
    }
}
