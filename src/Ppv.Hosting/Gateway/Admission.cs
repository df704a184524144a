using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Ppv.Hosting.Security;
using Ppv.Protocol.Text;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Gateway;

/// <summary>Lets a request in, or turns it away before it is read. After authentication: who has shown a key is counted by name.</summary>
internal sealed class Admission(
    IOptions<PpvGatewayOptions> options, GatewayIntake intake, TimeProvider timeProvider, PlainLogger<Admission> logger) : IDisposable
{
    public const string TooMany = "This client makes more requests than it may.";
    public const string Full = "The gateway works on as many requests as it may.";
    public const string Closed = "An operator has closed the gateway's intake.";

    private const int Segments = 10; // So that a window's end lets in a tenth of the requests, not all of them again.
    private static readonly TimeSpan WhenFull = TimeSpan.FromSeconds(1);

    private readonly StrangersLog _log = new(logger, timeProvider);
    private readonly GatewayLimitsOptions _limits = options.Value.Gateway.Limits;
    private readonly ConcurrencyLimiter? _places = MakePlaces(options.Value.Gateway.Limits);
    private readonly PartitionedRateLimiter<HttpContext>? _rates = MakeRates(options.Value.Gateway.Limits);

    /// <summary>For an order: not while the intake is closed, and counted there.</summary>
    public async Task RunOrderAsync(HttpContext context, RequestDelegate next)
    {
        if (!intake.TryEnter())
        {
            await TurnAwayAsync(context, StatusCodes.Status503ServiceUnavailable, WhenFull, Closed).ConfigureAwait(false);
            return;
        }

        try
        {
            await RunAsync(context, next).ConfigureAwait(false);
        }
        finally
        {
            intake.Leave();
        }
    }

    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        using var rate = _rates?.AttemptAcquire(context);
        if (rate is { IsAcquired: false })
        {
            await TurnAwayAsync(context, StatusCodes.Status429TooManyRequests, _limits.Window / Segments, TooMany)
                .ConfigureAwait(false);
            return;
        }

        using var place = _places?.AttemptAcquire();
        if (place is { IsAcquired: false })
        {
            await TurnAwayAsync(context, StatusCodes.Status503ServiceUnavailable, WhenFull, Full).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _places?.Dispose();
        _rates?.Dispose();
    }

    private Task TurnAwayAsync(HttpContext context, int status, TimeSpan wait, string reason)
    {
        var who = Who(context);
        // A user's name may have a line break in it.
        SecurityLog.TurnedAway(_log, who.All(c => c is >= ' ' and <= '~') ? who : Excerpt.Of(who), reason);
        context.Response.Headers.RetryAfter =
            Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Refusals.WriteAsync(context, status, reason);
    }

    private static ConcurrencyLimiter? MakePlaces(GatewayLimitsOptions limits) => limits.MaxConcurrentRequests is { } places
        ? new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = places, QueueLimit = 0 })
        : null;

    private static PartitionedRateLimiter<HttpContext>? MakeRates(GatewayLimitsOptions limits) => limits.RequestsPerClient is { } requests
        ? PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetSlidingWindowLimiter(
            Who(context), _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = requests,
                Window = limits.Window,
                SegmentsPerWindow = Segments,
                QueueLimit = 0,
            }))
        : null;

    /// <summary>The client's name; the name of whom the host itself has authenticated; else the address.</summary>
    internal static string Who(HttpContext context) => (ClientKeyHandler.NameOf(context.User), context.User.Identity) switch
    {
        ({ } client, _) => $"client {client}",
        (_, { IsAuthenticated: true, Name: { Length: > 0 } user }) => $"user {user}",
        _ => $"address {Caller.NetworkOf(context)}",
    };
}
