using System.Net.Sockets;
using Ppv.Protocol.Tests.Support;

namespace Ppv.Testing.Tests.Wizard;

public sealed class WizardSimulatorTests
{
    private const string Event = "A016EV262193              \r";
    private const string Subscriber = "A016EN85165320            \r";
    private const string Confirm = "A016UP\r";

    [Fact]
    public async Task It_speaks_Wizards_protocol_and_books_what_the_line_remembers()
    {
        await using var simulator = await StartAsync();
        using var client = await RawClient.ConnectAsync(simulator.Port);
        (await client.AskAsync(Event)).ShouldBe("H016OK\r");
        (await client.AskAsync(Subscriber)).ShouldBe("H016OK\r");
        simulator.Purchases.ShouldBeEmpty();
        (await client.AskAsync(Confirm)).ShouldBe("H016OK\r");
        var purchase = simulator.Purchases.ShouldHaveSingleItem();
        (purchase.Line.Value, purchase.Event, purchase.Subscriber).ShouldBe((16, "262193", "85165320"));
        simulator.Requests.Select(request => request.Text).ShouldBe(["EV262193", "EN85165320", "UP"]);
        simulator.Requests.Select(request => Bytes.Text(request.Raw.Span)).ShouldBe([Event, Subscriber, Confirm]);
    }

    [Fact]
    public async Task A_repeated_confirm_books_again_so_that_doubles_are_seen()
    {
        await using var simulator = await StartAsync();
        using var client = await RawClient.ConnectAsync(simulator.Port);
        foreach (var request in new[] { Event, Subscriber, Confirm, Confirm }) await client.AskAsync(request);
        simulator.Purchases.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Lines_remember_apart_from_each_other_and_across_connections()
    {
        await using var simulator = await StartAsync();
        using (var first = await RawClient.ConnectAsync(simulator.Port))
        {
            await first.AskAsync(Event);
            await first.AskAsync(Subscriber.Replace("A016", "A017"));
            (await first.AskAsync(Confirm)).ShouldBe("H016ER001\r");
            (await first.AskAsync("A017UP\r")).ShouldBe("H017ER001\r");
        }
        using var second = await RawClient.ConnectAsync(simulator.Port);
        await second.AskAsync(Subscriber);
        (await second.AskAsync(Confirm)).ShouldBe("H016OK\r");
        simulator.Purchases.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("A030UP\r", "H030ERLIN\r")]
    [InlineData("A016XY\r", "H016ER002\r")]
    [InlineData("A016EV262193\r", "H016ER002\r")]
    [InlineData("hello\r", "")]
    public async Task What_it_can_not_take_is_refused(string request, string answer)
    {
        await using var simulator = await StartAsync();
        using var client = await RawClient.ConnectAsync(simulator.Port);
        (await client.AskAsync(request)).ShouldBe(answer);
        simulator.Requests.ShouldHaveSingleItem().At.ShouldNotBe(default);
    }

    [Fact]
    public async Task A_request_in_pieces_and_several_in_one_piece_are_taken_alike()
    {
        await using var simulator = await StartAsync();
        using var client = await RawClient.ConnectAsync(simulator.Port);
        foreach (var character in Event) await client.SendAsync(character.ToString());
        (await client.ReceiveAsync()).ShouldBe("H016OK\r");
        await client.SendAsync(Subscriber + Confirm);
        (await client.ReceiveAsync()).ShouldBe("H016OK\r");
        (await client.ReceiveAsync()).ShouldBe("H016OK\r");
        simulator.Purchases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_without_end_closes_the_connection()
    {
        await using var simulator = await StartAsync();
        using var client = await RawClient.ConnectAsync(simulator.Port);
        await client.SendAsync(new string('A', 1025));
        (await client.ReceiveAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Refused_connections_are_taken_again_on_the_same_port()
    {
        await using var simulator = await StartAsync();
        var port = simulator.Port;
        using var old = await RawClient.ConnectAsync(port);
        await old.AskAsync(Event);
        simulator.RefuseConnections = true;
        for (var attempt = 0; attempt < 3; attempt++)
            (await Should.ThrowAsync<SocketException>(RawClient.ConnectAsync(port))).SocketErrorCode.ShouldBe(
                SocketError.ConnectionRefused);
        (await old.AskAsync(Event)).ShouldBe("H016OK\r");
        simulator.RefuseConnections = false;
        using var client = await RawClient.ConnectAsync(port);
        (await client.AskAsync(Event)).ShouldBe("H016OK\r");
    }

    [Fact]
    public async Task It_can_be_stopped_and_started_again_with_its_port_and_its_memory()
    {
        await using var simulator = await StartAsync();
        using (var client = await RawClient.ConnectAsync(simulator.Port))
        {
            await client.AskAsync(Event);
            await client.AskAsync(Subscriber);
            await simulator.StopAsync();
            (await client.ReceiveAsync()).ShouldBe("");
        }
        await Should.ThrowAsync<SocketException>(RawClient.ConnectAsync(simulator.Port));
        await simulator.StartAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => simulator.StartAsync());
        using var again = await RawClient.ConnectAsync(simulator.Port);
        (await again.AskAsync(Confirm)).ShouldBe("H016OK\r");
        await simulator.StopAsync();
        await simulator.StopAsync();
        await simulator.DisposeAsync();
    }

    [Fact]
    public async Task A_port_in_use_is_told()
    {
        await using var first = await StartAsync();
        await using var second = new WizardSimulator(new WizardSimulatorOptions { Port = first.Port });
        (await Should.ThrowAsync<SocketException>(async () => await second.StartAsync())).SocketErrorCode.ShouldBe(
            SocketError.AddressAlreadyInUse);
    }

    [Fact]
    public async Task One_can_wait_for_purchases()
    {
        await using var simulator = await StartAsync();
        using var client = await RawClient.ConnectAsync(simulator.Port);
        var waiting = simulator.WaitForPurchasesAsync(1, Bounded.Token());
        await client.SendAsync(Event + Subscriber);
        waiting.IsCompleted.ShouldBeFalse();
        await client.SendAsync(Confirm);
        await waiting;
        await simulator.WaitForPurchasesAsync(1, Bounded.Token());
        using var impatient = new CancellationTokenSource();
        var never = simulator.WaitForPurchasesAsync(2, impatient.Token);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(never);
    }

    [Fact]
    public async Task A_script_that_throws_ends_its_connection_and_is_told_at_the_end()
    {
        var simulator = await StartAsync();
        simulator.Script = _ => throw new InvalidOperationException("The script is wrong.");
        using var client = await RawClient.ConnectAsync(simulator.Port);
        (await client.AskAsync(Event)).ShouldBe("");
        (await Should.ThrowAsync<InvalidOperationException>(simulator.StopAsync())).Message.ShouldBe("The script is wrong.");
        await simulator.DisposeAsync();
    }

    private static async Task<WizardSimulator> StartAsync()
    {
        var simulator = new WizardSimulator();
        await simulator.StartAsync();
        return simulator;
    }
}
