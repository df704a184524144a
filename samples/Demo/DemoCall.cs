using System.Net.Http.Headers;
using System.Text;
using Ppv.Protocol;
using Ppv.Testing;

namespace Ppv.Samples.Demo;

/// <summary>One call as the voice platform makes it: EV, EN, CONFIRM, each a GET with a JSON body (contract §1).</summary>
internal static class DemoCall
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(3);
    private static readonly ConnectionId Connid = ConnectionId.Parse("012703395c597610");

    /// <returns>Whether each step was answered OK and the purchase is booked as asked for.</returns>
    public static async Task<bool> PlaceAsync(Uri gateway, WizardSimulator wizard, HopPrinter hops, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(40) };
        await UntilReadyAsync(http, gateway, cancellationToken);
        var line = LineFormula.LineOf(Connid, new LineRange(1, 29));
        Console.WriteLine($"\nOne call, connid {Connid}, which is line {line}:");
        try
        {
            PpvOrder[] orders = [PpvOrder.Event(Connid, "262193"), PpvOrder.Subscriber(Connid, "85165320"), PpvOrder.Confirm(Connid)];
            foreach (var order in orders)
            {
                if (await SendAsync(http, gateway, order, hops, cancellationToken)) continue;
                Console.WriteLine("\nNot booked: the call ends at the first step that is not OK.");
                return false;
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Console.WriteLine($"\nNot booked: the gateway did not answer. {e.Message}");
            return false;
        }

        var booked = wizard.Purchases is [{ Event: "262193", Subscriber: "85165320" } purchase] && purchase.Line == line;
        Console.WriteLine(booked
            ? $"\nBooked by Wizard: event 262193 for subscriber 85165320 on line {line}."
            : $"\nNot booked as asked for: Wizard has {wizard.Purchases.Count} purchases.");
        return booked;
    }

    /// <summary>As a load balancer does before it sends callers; the call shows what is wrong with a program that never is.</summary>
    private static async Task UntilReadyAsync(HttpClient http, Uri gateway, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadyLimit);
        try
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            do
            {
                using var answer = await http.GetAsync(new Uri(gateway, "/health/ready"), limit.Token);
                if (answer.IsSuccessStatusCode) return;
            }
            while (await pause.WaitForNextTickAsync(limit.Token));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The first order says more.
        }
    }

    private static async Task<bool> SendAsync(
        HttpClient http, Uri gateway, PpvOrder order, HopPrinter hops, CancellationToken cancellationToken)
    {
        var body = OrderJson.ToRequestBytes(order);
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Console.WriteLine($"\n  {order.Command.Key}={order.Command.Value}");
        hops.Print("HTTP ->", $"GET {gateway.AbsolutePath} {Encoding.UTF8.GetString(body)}");

        var started = TimeProvider.System.GetTimestamp();
        using var response = await http.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        hops.Print(
            "HTTP <-", $"{(int)response.StatusCode} {answer}  {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:0.0} ms");
        if (response.Headers.TryGetValues("X-Ppv-Reason", out var reasons)) hops.Print("reason", string.Join(" ", reasons));
        return answer == """{"callresult":"OK"}""";
    }
}
