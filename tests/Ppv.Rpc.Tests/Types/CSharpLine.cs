using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ppv.Tests;

/// <summary>
/// Compiles lines of C# as a part of an assembly, so that a test can show what can't be written there. Internal members are seen when the
/// assembly's name is one of <c>InternalsVisibleTo</c>.
/// </summary>
internal static class CSharpLine
{
    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !path.EndsWith("Tests.dll", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path))]);

    /// <summary>The ids of the errors in a method of these lines, each once; none when they compile.</summary>
    /// <param name="assembly">The name of the assembly that they would be in.</param>
    /// <param name="usings">The namespaces that they use.</param>
    /// <param name="lines">The statements.</param>
    public static IReadOnlyList<string> ErrorsIn(string assembly, IEnumerable<string> usings, string lines)
    {
        var source = $$"""
            {{string.Concat(usings.Select(name => $"using {name};\n"))}}
            internal static class Written
            {
                public static void Run()
                {
                    {{lines}}
                }
            }
            """;
        var compilation = CSharpCompilation.Create(
            assembly, [CSharpSyntaxTree.ParseText(source)], References.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable,
                metadataImportOptions: MetadataImportOptions.All));
        return [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.Id).Distinct().Order()];
    }
}
