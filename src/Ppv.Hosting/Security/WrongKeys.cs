using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting;

/// <summary>
/// How many wrong keys an address may show before what it shows is not compared any more: who guesses gets no further, and a flood costs no
/// hashing. Safe for use by several threads.
/// </summary>
internal sealed class WrongKeys(IOptions<PpvAccessOptions> options, TimeProvider timeProvider)
{
    /// <summary>Whoever has more networks than this to guess from shares one allowance for the rest.</summary>
    private const int MaxAddresses = 4_096;

    private readonly Allowances<string>? _allowances = options.Value.WrongKeysPerAddress is { } number
        ? new Allowances<string>(number, options.Value.WrongKeysWindow / number, timeProvider, MaxAddresses)
        : null;

    /// <summary>When one more may be shown, in whole seconds.</summary>
    public int RetryAfter { get; } = options.Value.WrongKeysPerAddress is { } number
        ? Math.Max(1, (int)Math.Ceiling((options.Value.WrongKeysWindow / number).TotalSeconds))
        : 1;

    /// <summary>Whether an address has shown as many as it may.</summary>
    public bool IsOver(string network) => _allowances?.IsLeft(network) == false;

    public void Add(string network) => _allowances?.TryTake(network);

    /// <summary>
    /// Whether the address may be everybody's: of this machine, where a proxy that is not known may stand. Not to compare what comes from
    /// there would lock everybody out.
    /// </summary>
    public static bool MayBeEverybodys(HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address || Loopback.IsAddress(address);
}
