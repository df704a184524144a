using Ppv.Fuzz.Engine;

namespace Ppv.Fuzz.Targets;

/// <summary>Every place that takes bytes from strangers.</summary>
internal static class AllTargets
{
    private static readonly IReadOnlyDictionary<string, Func<Watch, Task<FuzzTarget>>> Table =
        new Dictionary<string, Func<Watch, Task<FuzzTarget>>>(StringComparer.Ordinal)
        {
            ["http"] = GatewayTargets.HttpAsync,
            ["http-keys"] = GatewayTargets.HttpWithKeysAsync,
            ["request-body"] = Now(OrderTargets.Body),
            ["order-id-headers"] = Now(OrderTargets.IdHeaders),
            ["order"] = Now(OrderTargets.Dialect),
            ["gateway-answer"] = Now(GatewayTargets.Answer),
            ["amqp-properties"] = Now(AmqpTargets.Properties),
            ["worker"] = Now(WorkerTarget.Open),
            ["client"] = Now(ClientTarget.Open),
            ["answers"] = Now(AmqpTargets.Answers),
            ["presence"] = Now(PresenceTarget.Open),
            ["wizard-answer"] = Now(WizardTargets.Reader),
            ["wizard-client"] = Now(WizardTargets.Client),
            ["legacy-cfg"] = Now(LegacyCfgTarget.Open),
            ["leader-record"] = Now(HandoverTargets.LeaderRecords),
            ["handover"] = Now(HandoverTargets.Handovers),
            ["order-pack"] = Now(HandoverTargets.OrderPacks),
        };

    public static IEnumerable<string> Names => Table.Keys;

    /// <summary>Opens a target, with its corpus.</summary>
    public static async Task<Fuzzer> OpenAsync(string name, int seed)
    {
        var watch = new Watch();
        return new Fuzzer(await Table[name](watch), watch, [.. Corpus.Of(name).Select(file => file.Input)], seed);
    }

    private static Func<Watch, Task<FuzzTarget>> Now(Func<Watch, FuzzTarget> open) => watch => Task.FromResult(open(watch));
}
