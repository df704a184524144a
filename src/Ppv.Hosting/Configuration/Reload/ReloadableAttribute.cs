namespace Ppv.Hosting;

/// <summary>
/// An option that may change while the program runs: it is read for each request, and from one set for all of a request. Every other one
/// takes effect when the program is started again.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ReloadableAttribute : Attribute;
