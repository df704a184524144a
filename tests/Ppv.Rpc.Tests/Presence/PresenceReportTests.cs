using System.Text;
using System.Text.Json;
using Ppv.Rpc.Presence;

namespace Ppv.Rpc.Tests.Presence;

/// <summary>Reports as they travel, and what becomes of several of one instance.</summary>
public sealed class PresenceReportTests
{
    private static readonly PresenceReport Full = new()
    {
        Instance = Guid.Parse("6f1b8d9e-0000-4000-8000-000000000001"),
        Role = "worker",
        Machine = "worker-1",
        ProcessId = 4711,
        Version = "0.1.0",
        StartedAt = new DateTimeOffset(2026, 12, 1, 3, 0, 0, TimeSpan.Zero),
        At = new DateTimeOffset(2026, 12, 1, 3, 0, 1, TimeSpan.Zero),
        Queues = ["prod.ppv.kfs"],
        Hosts = ["kfs-gax:5672"],
        Place = PresencePlace.Leader,
        IsReady = true,
        Description = "Connected to RabbitMQ on kfs-gax:5672.",
        Configuration = "0123456789ab",
        Worker = new WorkerDetails
        {
            FirstLine = 1, LastLine = 29, Allocation = "Leased", BusyLines = 2, Journal = "ok", UnknownConfirms = 0,
        },
        Figures = JsonDocument.Parse("""{"rate":1.5}""").RootElement,
    };

    [Fact]
    public void A_report_travels_as_JSON_that_other_versions_can_read()
    {
        var text = Encoding.UTF8.GetString(PresenceMessages.ToBytes(Full));

        text.ShouldBe("""
            {"instance":"6f1b8d9e-0000-4000-8000-000000000001","role":"worker","machine":"worker-1","processId":4711,"version":"0.1.0",
            "startedAt":"2026-12-01T03:00:00+00:00","at":"2026-12-01T03:00:01+00:00","queues":["prod.ppv.kfs"],"hosts":["kfs-gax:5672"],
            "place":"leader","isReady":true,"description":"Connected to RabbitMQ on kfs-gax:5672.","configuration":"0123456789ab",
            "worker":{"firstLine":1,"lastLine":29,"allocation":"Leased","busyLines":2,"journal":"ok","unknownConfirms":0},
            "figures":{"rate":1.5}}
            """.ReplaceLineEndings(""));
        var read = PresenceMessages.Read(Encoding.UTF8.GetBytes(text)).ShouldNotBeNull();
        PresenceMessages.ToBytes(read).ShouldBe(PresenceMessages.ToBytes(Full));
    }

    [Theory]
    [InlineData("queues")]
    [InlineData("hosts")]
    public void A_queue_or_a_host_without_a_name_is_left_out(string list)
    {
        var report = PresenceMessages.Read(Encoding.UTF8.GetBytes(
            $$"""{"instance":"6f1b8d9e-0000-4000-8000-000000000001","role":"observer","{{list}}":["a",null]}""")).ShouldNotBeNull();
        report.Queues.Concat(report.Hosts).ShouldBe(["a"]);
    }

    [Fact]
    public void What_another_version_says_more_is_ignored_and_what_it_does_not_say_is_missing()
    {
        var read = PresenceMessages.Read(Encoding.UTF8.GetBytes(
            """{"instance":"6f1b8d9e-0000-4000-8000-000000000001","role":"observer","mood":{"today":"fine"},"place":"upstairs"}"""))
            .ShouldNotBeNull();

        (read.Role, read.Place, read.Machine, read.Worker, read.Figures).ShouldBe(("observer", "upstairs", null, null, null));
        read.Queues.ShouldBeEmpty();
    }

    [Fact]
    public void Reports_of_one_instance_over_two_brokers_are_one_entry_where_it_does_more()
    {
        var answers = new PresenceAnswers(null);
        answers.Add(Full with { Place = PresencePlace.Standby, Hosts = ["bs-gax:5672"] }, 100);
        answers.Add(Full, 100);
        answers.Add(Full with { Place = PresencePlace.Starting, IsReady = false, Hosts = ["third:5672"] }, 100);

        var only = answers.Reports.ShouldHaveSingleItem();
        (only.Place, only.IsReady).ShouldBe((PresencePlace.Leader, true));
        only.Hosts.ShouldBe(["bs-gax:5672", "kfs-gax:5672", "third:5672"], ignoreOrder: true);
    }

    [Fact]
    public void Asking_is_over_when_all_that_were_expected_have_answered()
    {
        var other = Guid.NewGuid();
        var answers = new PresenceAnswers([Full.Instance, other]);
        answers.Add(Full, 100);
        answers.Add(Full with { Instance = Guid.NewGuid() }, 100);
        answers.Complete.IsCompleted.ShouldBeFalse();

        answers.Add(Full with { Instance = other }, 100);
        answers.Complete.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void What_strangers_send_does_not_fill_the_memory()
    {
        var answers = new PresenceAnswers(null);
        for (var i = 0; i < 5_000; i++) answers.Add(Full with { Instance = Guid.NewGuid() }, 100);
        answers.Reports.Count.ShouldBe(500);
        answers.LeftOut.ShouldBe(4_500);
    }

    [Fact]
    public void Nor_do_few_that_are_large_or_one_that_comes_over_and_over()
    {
        var answers = new PresenceAnswers(null);
        for (var i = 0; i < 300; i++) answers.Add(Full with { Instance = Guid.NewGuid() }, 64 * 1024);
        answers.Reports.Count.ShouldBe(128);

        answers = new PresenceAnswers(null);
        for (var i = 0; i < 5_000; i++) answers.Add(Full with { Hosts = [$"host-{i}:5672"] }, 100);
        answers.Reports.ShouldHaveSingleItem().Hosts.Count.ShouldBe(64);
    }

    [Fact]
    public void What_a_report_says_can_be_shown_and_is_no_longer_than_ours()
    {
        var (forged, endless) = ("1\r\nCRITICAL \u001b[2J\u202e", new string('x', 3_000));
        var read = PresenceMessages.Read(PresenceMessages.ToBytes(Full with
        {
            Role = forged, Machine = endless, Version = forged, Place = forged, Configuration = forged, Description = endless,
            Queues = [forged, .. Enumerable.Repeat(endless, 10)], Hosts = [.. Enumerable.Range(0, 100).Select(host => $"host-{host}")],
            Worker = new WorkerDetails { Allocation = forged, Journal = endless },
        })).ShouldNotBeNull();

        const string shown = "1 CRITICAL ?[2J?";
        (read.Role, read.Version, read.Place, read.Configuration, read.Worker!.Allocation, read.Queues[0])
            .ShouldBe((shown, shown, shown, shown, shown, shown));
        (read.Machine!.Length, read.Queues[1].Length, read.Hosts.Count).ShouldBe((258, 258, 64));
        (read.Description!.Length, read.Worker.Journal!.Length).ShouldBe((1_003, 1_003));
    }

    [Fact]
    public void A_name_that_is_none_is_left_out() => PresenceMessages.Read(
        """{"instance":"6f1b8d9e-0000-4000-8000-000000000001","role":"worker","queues":["a",null],"hosts":[null]}"""u8.ToArray())!
        .ShouldSatisfyAllConditions(read => read.Queues.ShouldBe(["a"]), read => read.Hosts.ShouldBeEmpty());

    [Theory]
    [InlineData(PresencePlace.Leader, true)]
    [InlineData(PresencePlace.TakingOver, true)]
    [InlineData(PresencePlace.Shared, true)]
    [InlineData(PresencePlace.Candidate, true)]
    [InlineData(PresencePlace.Leaving, false)]
    [InlineData(PresencePlace.Standby, false)]
    [InlineData(PresencePlace.Starting, false)]
    [InlineData(PresencePlace.Paused, false)]
    [InlineData("upstairs", false)]
    [InlineData(null, false)]
    public void Requests_are_taken_in_some_places_only(string? place, bool serves) => PresencePlace.Serves(place).ShouldBe(serves);
}
