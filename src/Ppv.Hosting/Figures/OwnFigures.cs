using System.Text.Json;
using Ppv.Hosting.Presence;

namespace Ppv.Hosting.Figures;

/// <summary>Tells the boards of other programs, over the bus, what passed the hops of this one.</summary>
internal sealed class OwnFigures(OrderFigures figures, TimeProvider timeProvider) : IPresenceFigures
{
    public JsonElement? Current => FiguresReport.Write(figures, timeProvider.GetUtcNow());
}
