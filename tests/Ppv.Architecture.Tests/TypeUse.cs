namespace Ppv.Architecture.Tests;

/// <summary>A room uses a type of another one.</summary>
/// <param name="File">The file that does.</param>
/// <param name="From">Its room.</param>
/// <param name="To">The room of the type; for a type of another package of ours the package and its namespace.</param>
/// <param name="Type">The type.</param>
internal sealed record TypeUse(string File, string From, string To, string Type)
{
    public override string ToString() => $"{File} uses {Type} of {To}";
}
