namespace Ppv.Architecture.Tests;

/// <summary>
/// The stack of rooms inside each package, the lowest level first: a room uses rooms of lower levels only. docs/architecture.md shows it.
/// Who adds a folder gives it its level here.
/// </summary>
public class RoomsTests
{
    private static readonly Dictionary<string, string[][]> Levels = new()
    {
        ["Ppv.Protocol"] =
        [
            ["Text", "Network", "Fencing", "Validation", "Telemetry"],
            ["Orders"],
            ["Lines", "Orders/Json"],
            ["Wizard", "Wizard/Codec"],
            ["Wizard/Connections"],
            ["Wizard/Client"],
        ],
        ["Ppv.Rpc"] =
        [
            ["Tls", "Settings", "Clocks"],
            ["Messages", "Options"],
            ["Diagnostics"],
            ["Brokers", "Hosts"],
            ["Brokers/RabbitMq", "Connection", "Server/Leadership"],
            ["Presence"],
            ["Client", "Server"],
            ["Orders/Routing"],
            ["Orders"],
            ["DependencyInjection"],
        ],
        ["Ppv.Hosting"] =
        [
            // What the wings share.
            ["Configuration", "Configuration/Programs", "Redaction", "Telemetry", "Preflight"],
            ["LogFile", "Security"],
            ["Control", "Presence"],
            ["Health", "Figures"],
            ["Running", "LegacyCfg"],
            // The wings of gateway and worker.
            ["Gateway/Draining", "Worker/Journal"],
            ["Worker/Journal/Sqlite", "Worker/Lines"],
            ["Worker/Lines/Handover"],
            ["Gateway", "Worker"],
            // The wing of the board, which shows both.
            ["Board/State"],
            ["Board/Views"],
            ["Board/Streaming"],
            ["Board"],
        ],
        ["Ppv.Testing"] =
        [
            ["Wizard", "Broker"],
            ["DependencyInjection"],
            ["Harness"],
        ],
    };

    public static TheoryData<string> Packages => [.. Levels.Keys];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_room_has_a_level(string package) =>
        Package.Read(package).Rooms.Order().ShouldBe(Levels[package].SelectMany(level => level).Order());

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_room_uses_only_rooms_below_it(string package) => UsesAgainst(Levels[package], Package.Read(package)).ShouldBeEmpty();

    [Fact]
    public void Rpc_knows_nothing_of_pay_per_view()
    {
        var uses = Package.Read("Ppv.Rpc").Uses().Where(use => use.To.StartsWith("Ppv.Protocol:", StringComparison.Ordinal)).ToList();
        uses.ShouldContain(use => use.From == "Orders");
        uses.Where(use => use.From is not ("Orders" or "Orders/Routing")
            && use.To is not ("Ppv.Protocol:Ppv.Protocol.Network" or "Ppv.Protocol:Ppv.Protocol.Validation"
                or "Ppv.Protocol:Ppv.Protocol.Telemetry")
            && use.Type is not ("Fence" or "PpvTelemetry" or "PlainText" or "PlainLogger" or "Reason"))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Neither_gateway_nor_worker_uses_the_other_one()
    {
        var uses = Package.Read("Ppv.Hosting").Uses();
        uses.ShouldContain(use => use.From == "Gateway");
        uses.Where(use => (IsIn("Gateway", use.From) && IsIn("Worker", use.To)) || (IsIn("Worker", use.From) && IsIn("Gateway", use.To)))
            .ShouldBeEmpty();

        static bool IsIn(string wing, string room) => room == wing || room.StartsWith($"{wing}/", StringComparison.Ordinal);
    }

    [Fact]
    public void A_use_of_a_room_above_or_beside_is_found()
    {
        var below = new SourceFile("Low/Below.cs", "namespace A; class Below { object? Make() => new Above(); }");
        var above = new SourceFile("High/Above.cs", "namespace B; class Above { Below? _below; /* Beside */ }");
        var beside = new SourceFile(
            "Beside/Beside.cs", "namespace B; static class Beside { public static int Two(this Above above) => 2; }");
        var caller = new SourceFile("High/Caller.cs", "namespace B; class Caller { int Two() => new Above().Two(); }");
        var package = Package.Of(
            [below with { Text = "using B; " + below.Text }, above with { Text = "using A; " + above.Text }, beside, caller]);

        UsesAgainst([["Low"], ["High", "Beside"]], package).Select(use => use.ToString()).Order()
            .ShouldBe(["Beside/Beside.cs uses Above of High", "High/Caller.cs uses Beside of Beside", "Low/Below.cs uses Above of High"]);
    }

    private static IEnumerable<TypeUse> UsesAgainst(string[][] levels, Package package)
    {
        var levelOf = levels.SelectMany(
            (rooms, level) => rooms.Select(room => (room, level))).ToDictionary(pair => pair.room, pair => pair.level);
        return package.Uses().Where(use => levelOf.TryGetValue(use.To, out var to) && to >= levelOf[use.From]);
    }
}
