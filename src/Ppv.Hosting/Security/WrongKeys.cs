using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Ppv.Rpc.Diagnostics;

namespace Ppv.Hosting.Security;

/// <summary>
/// How many wrong keys an address may show before what it shows is not compared any more: who guesses gets no further, and a flood costs no
/// hashing. As a client may be behind such an address, too, where it was not seen yet, a little of what comes from all of them is compared
/// all the same. Safe for use by several threads.
/// </summary>
internal sealed class WrongKeys(IOptions<PpvAccessOptions> options, TimeProvider timeProvider)
{
    /// <summary>Whoever has more networks than this to guess from shares one allowance for the rest.</summary>
    private const int MaxAddresses = 4_096;

    private readonly Allowances<string>? _allowances = options.Value.WrongKeysPerAddress is { } number
        ? new Allowances<string>(number, options.Value.WrongKeysWindow / number, timeProvider, MaxAddresses)
        : null;

    /// <summary>For all addresses that have shown as many as they may: as much as one of them.</summary>
    private readonly Allowances<int>? _beyond = options.Value.WrongKeysPerAddress is { } number
        ? new Allowances<int>(number, options.Value.WrongKeysWindow / number, timeProvider, max: 1)
        : null;

    /// <summary>When one more may be shown, in whole seconds.</summary>
    public int RetryAfter { get; } = options.Value.WrongKeysPerAddress is { } number
        ? Math.Max(1, (int)Math.Ceiling((options.Value.WrongKeysWindow / number).TotalSeconds))
        : 1;

    /// <summary>Whether an address has shown as many as it may.</summary>
    public bool IsOver(string network) => _allowances?.IsLeft(network) == false;

    public void Add(string network) => _allowances?.TryTake(network);

    /// <summary>Takes the right to have one key compared that comes from an address that is over its limit.</summary>
    public bool TryTakeBeyond() => _beyond?.TryTake(0) != false;

    /// <summary>
    /// Whether the address may be everybody's: of this machine, where a proxy that is not known may stand. Not to compare what comes from
    /// there would lock everybody out.
    /// </summary>
    public static bool MayBeEverybodys(HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address || Loopback.IsAddress(address);
}
