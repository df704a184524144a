using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Ppv.TestKit;

namespace Ppv.Architecture.Tests;

/// <summary>A package's sources, compiled, and which of its rooms (folders) use types of which others.</summary>
internal sealed class Package
{
    private static readonly string[] Stack = ["Ppv.Protocol", "Ppv.Rpc", "Ppv.Hosting", "Ppv.Testing"];

    private static readonly ConcurrentDictionary<string, Lazy<Package>> ReadAlready = new();

    private readonly CSharpCompilation _compilation;
    private readonly Dictionary<SyntaxTree, SourceFile> _files;
    private readonly Lazy<HashSet<TypeUse>> _uses;

    private Package(string name, IEnumerable<SourceFile> files)
    {
        Name = name;
        _uses = new Lazy<HashSet<TypeUse>>(FindUses);
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        _files = files.ToDictionary(file => CSharpSyntaxTree.ParseText(file.Text, options, file.Path));
        _compilation = CSharpCompilation.Create(
            name, [.. _files.Keys, CSharpSyntaxTree.ParseText(ImplicitUsings, options)], References(name),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    public string Name { get; }

    public IEnumerable<SourceFile> Files => _files.Values;

    public IEnumerable<string> Rooms => Files.Select(file => file.Room).Distinct();

    public static Package Read(string name) => ReadAlready.GetOrAdd(name, ReadNow).Value;

    private static Lazy<Package> ReadNow(string name) =>
        new(() => new Package(name, SourceFile.Below(RepositoryPaths.PathTo("src", name))));

    public static Package Of(params IEnumerable<SourceFile> files) => new("Sample", files);

    /// <summary>
    /// Every use of a type of another room, and of a type of another package of ours. What only the documentation names does not count.
    /// </summary>
    public IReadOnlyCollection<TypeUse> Uses() => _uses.Value;

    private HashSet<TypeUse> FindUses()
    {
        var uses = new HashSet<TypeUse>();
        foreach (var (tree, file) in _files)
        {
            var model = _compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (TypeOf(model.GetSymbolInfo(name)) is { } type && UseOf(type, file) is { } use) uses.Add(use);
            }
        }

        return uses;
    }

    /// <summary>The public types that a file declares; those nested in others are not counted.</summary>
    public IReadOnlyList<string> PublicTypesOf(SourceFile file) =>
    [
        .. _files.Single(pair => pair.Value == file).Key.GetRoot().DescendantNodes(node => node is not TypeDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(
            member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax && member.Modifiers.Any(SyntaxKind.PublicKeyword))
            .Select(member => member is BaseTypeDeclarationSyntax type
            ? type.Identifier.Text
            : ((DelegateDeclarationSyntax)member).Identifier.Text),
    ];

    /// <summary>The types that stand in no other one.</summary>
    public IEnumerable<DeclaredType> Types =>
        from pair in _files
        from space in pair.Key.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
        from member in space.Members
        where member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax
        select new DeclaredType(
            Name, pair.Value, space.Name.ToString(),
            member is BaseTypeDeclarationSyntax type ? type.Identifier.Text : ((DelegateDeclarationSyntax)member).Identifier.Text,
            member.Modifiers.Any(SyntaxKind.PublicKeyword));

    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private TypeUse? UseOf(INamedTypeSymbol type, SourceFile file)
    {
        while (type.ContainingType is { } outer) type = outer;
        if (type.OriginalDefinition.DeclaringSyntaxReferences is [var declaration, ..])
            return _files.TryGetValue(declaration.SyntaxTree, out var other)
                && other.Room != file.Room ? new TypeUse(file.Path, file.Room, other.Room, type.Name) : null;
        return type.ContainingAssembly?.Name is { } assembly && Stack.Contains(assembly)
            ? new TypeUse(file.Path, file.Room, $"{assembly}:{type.ContainingNamespace}", type.Name)
            : null;
    }

    private static INamedTypeSymbol? TypeOf(SymbolInfo info) => (info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) switch
    {
        INamedTypeSymbol type => type,
        IMethodSymbol { ReducedFrom: { } extension } => extension.ContainingType,
        { ContainingType: { } type } => type,
        _ => null,
    };

    /// <summary>What the test itself runs on, without this package and those above it.</summary>
    private static IEnumerable<MetadataReference> References(string name)
    {
        var above = Array.IndexOf(Stack, name) is >= 0 and var place ? Stack[place..] : Stack;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => !above.Contains(Path.GetFileNameWithoutExtension(file)))
            .Select(file => MetadataReference.CreateFromFile(file));
    }
}
