using Ppv.Protocol;

namespace Ppv.Hosting.Worker.Lines;

/// <summary>The order that has named an event or a subscriber.</summary>
/// <param name="OrderId">Its id.</param>
/// <param name="Subject">What it is a part of: <see cref="PpvOrder.Subject"/>.</param>
internal readonly record struct NamedBy(string OrderId, string? Subject);
