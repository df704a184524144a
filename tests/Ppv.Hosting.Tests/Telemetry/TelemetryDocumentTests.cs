using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Ppv.Protocol;
using Ppv.Protocol.Telemetry;
using Ppv.Protocol.Wizard;
using Ppv.Rpc.Diagnostics;
using Ppv.TestKit;

namespace Ppv.Hosting.Tests;

/// <summary>docs/telemetry.md says of every instrument what it is; who builds a dashboard by it finds each of them.</summary>
[Collection(TelemetryAlone.Name)]
public class TelemetryDocumentTests
{
    private static readonly string Document = File.ReadAllText(RepositoryPaths.PathTo("docs", "telemetry.md"));

    private static IEnumerable<string> Names =>
        typeof(TelemetryNames).GetFields(BindingFlags.Static | BindingFlags.Public).Where(name => name.IsLiteral)
            .Select(name => (string)name.GetRawConstantValue()!);

    [Fact]
    public void Every_instrument_has_its_row_with_kind_unit_and_description()
    {
        var rows = Document.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells.Length == 7)
            .Select(cells => $"{cells[1]} {cells[2]} {cells[3]} {cells[5]}");

        rows.Order().ShouldBe(Instruments().Select(instrument =>
            $"`{instrument.Name}` {instrument.GetType().Name.Split('`')[0]} {instrument.Unit} {instrument.Description}").Order());
    }

    [Fact]
    public void Every_name_is_in_the_document() =>
        Names.Where(name => !Document.Contains(name, StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void The_package_for_OpenTelemetry_listens_to_each_of_our_names()
    {
        var names = typeof(PpvTelemetry).GetFields().Select(name => (string)name.GetRawConstantValue()!).ToList();
        names.ShouldBe(["Ppv.Protocol", "Ppv.Rpc", "Ppv.Hosting"]);
        foreach (var file in (string[])["PpvTracerProviderBuilderExtensions.cs", "PpvMeterProviderBuilderExtensions.cs"])
            File.ReadAllText(RepositoryPaths.PathTo("src", "Ppv.OpenTelemetry", file))
                .ShouldContain(string.Join(", ", names.Select(name => $"\"{name}\"")));
    }

    private static List<Instrument> Instruments()
    {
        foreach (var holder in (Type[])[typeof(WizardTelemetry), typeof(RpcTelemetry), typeof(HostingTelemetry)])
            RuntimeHelpers.RunClassConstructor(holder.TypeHandle);
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("Ppv.", StringComparison.Ordinal)) found.Add(instrument);
            },
        };
        listener.Start();
        return found;
    }
}
