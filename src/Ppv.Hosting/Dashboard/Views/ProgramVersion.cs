using System.Reflection;

namespace Ppv.Hosting;

/// <summary>Which version of this package runs.</summary>
internal static class ProgramVersion
{
    /// <summary>Without the commit that stands behind a plus.</summary>
    public static string Text { get; } = typeof(ProgramVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
