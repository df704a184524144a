using System.Net;
using System.Net.Sockets;
using Ppv.Protocol;
using Ppv.Rpc;
using static Ppv.Hosting.Tests.LeasedWorker;

namespace Ppv.Hosting.Tests;

/// <summary>
/// A caller is told why, and a shop may print it to its customers: so no reason says where anything is. The log and the journal do.
/// </summary>
public sealed class ReasonsTests : IDisposable
{
    private const string Place = "wizard.example (10.7.7.7:2007) behind kfs-gax:5672, /srv/orders.db";
    private static readonly string[] Places = ["wizard.example", "10.7.7.7", "2007", "kfs-gax", "5672", "/srv", "orders.db", "127.0.0.1"];

    private static readonly Dictionary<string, Action<ReasonsTests>> Troubles = new()
    {
        ["Wizard is not reached"] = test => test.Fails(() => new WizardException(WizardFailure.NotSent, $"{Place} is away.")),
        ["Wizard does not answer"] = test => test.Fails(() => new WizardException(WizardFailure.MaybeSent, $"{Place} is mute.")),
        ["the worker fails"] = test => test.Fails(() => new InvalidOperationException(Place)),
        ["the journal can't be written"] = test => test._journal.CannotWrite = true,
        ["the journal can't be read"] = test => test._journal.CannotWrite = test._journal.CannotRead = true,
    };

    private readonly LogCollector _log = new();
    private readonly FullDiskJournal _journal;
    private readonly LeasedWorker _worker;

    public ReasonsTests()
    {
        FullDiskJournal? journal = null;
        _worker = new LeasedWorker(
            worker => (worker.FirstLine, worker.LastLine) = (1, 20),
            memory => journal = new FullDiskJournal(memory) { Place = Place }, _log);
        _journal = journal!;
    }

    public static MatrixTheoryData<string, string> All => new(Troubles.Keys, ["EV", "EN", "CONFIRM"]);

    public void Dispose()
    {
        _worker.Dispose();
        _log.Dispose();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task No_reason_and_no_status_says_where_anything_is_also_when_it_is_asked_for_again(string trouble, string command)
    {
        var value = command == "CONFIRM" ? "UP" : "222";
        await _worker.PrepareAsync();
        await _worker.PrepareAsync(OtherCall);
        Troubles[trouble](this);

        await CheckAsync(_worker.SendAsync(Call, command, value, "first"), "first");
        await CheckAsync(_worker.SendAsync(Call, command, value, "first"), "first");
        await CheckAsync(_worker.SendAsync(Call, command, value, "again", possibleDuplicate: true), "again");
        await CheckAsync(_worker.SendAsync("0127032d64a94734", "EV", "5", "waits", seconds: -1), "waits");
        await CheckAsync(_worker.SendAsync(OtherCall, "CONFIRM", "UP", "other"), "other");
        (_journal.CannotWrite, _journal.CannotRead) = (false, false);
        foreach (var id in (string[])["first", "again", "waits", "other"]) await CheckAsync(NoReply, id);
        await CheckAsync(_worker.SendAsync(Call, command, value, "first"), "first");

        if (command == "CONFIRM") _log.AllText.ShouldContain("wizard.example", customMessage: "the log says where");
    }

    [Fact]
    public async Task Of_a_Wizard_that_is_not_there_the_journal_and_the_log_say_where_it_should_be()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        await using var wizard = new WizardClient(
            new WizardOptions { Host = "127.0.0.1", Port = port, MaxConnectRetries = 0 }, null, _worker.Clock);
        _worker.Wizard.Answer = (request, token) => wizard.SendAsync(request, token);

        var reply = await _worker.SendAsync(Call, "EV", "5", "first");

        reply.ShouldSay("ER444", RpcOutcome.NotExecuted);
        reply.Reason.ShouldBe("Wizard could not be reached in 1 attempts; nothing was sent.");
        (await _worker.Journal.FindAsync("first"))!.Detail.ShouldNotBeNull().ShouldContain($"127.0.0.1:{port}");
        _log.AllText.ShouldContain($"Wizard at 127.0.0.1:{port} could not be reached in 1 attempts");
    }

    private static Task<RpcReply> NoReply => Task.FromResult(RpcReply.Fault);

    private void Fails(Func<Exception> failure) => _worker.Wizard.Answer = (_, _) => Task.FromException<WizardReply>(failure());

    private async Task CheckAsync(Task<RpcReply> answer, string id)
    {
        var reply = await answer.WaitAsync(Entries.Bound);
        using var status = await _worker.AskAsync(id);
        foreach (var place in Places)
        {
            reply.Reason?.ShouldNotContain(place, Case.Insensitive);
            status.RootElement.ToString().ShouldNotContain(place, Case.Insensitive);
        }
    }
}
