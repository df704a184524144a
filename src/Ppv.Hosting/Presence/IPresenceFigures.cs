using System.Text.Json;

namespace Ppv.Hosting.Presence;

/// <summary>
/// Figures of the traffic that this program adds to what it says of itself on the bus. None, where nobody has registered one.
/// </summary>
internal interface IPresenceFigures
{
    /// <summary>The figures as they are now; asked several times a second, perhaps by several threads at once.</summary>
    JsonElement? Current { get; }
}
