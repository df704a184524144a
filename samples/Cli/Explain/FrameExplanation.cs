using System.Globalization;
using System.Text.Json.Serialization;

namespace Ppv.Samples.Cli.Explain;

/// <summary>What a frame is.</summary>
/// <param name="Kind">Whether it is a request, an answer, or neither.</param>
/// <param name="Summary">What it says, as a sentence.</param>
/// <param name="Parts">Its parts, in their order; together they are all of it.</param>
/// <param name="Problems">What is wrong, in the order of the bytes; none for a frame that both sides take.</param>
internal sealed record FrameExplanation(
    FrameKind Kind, string Summary, IReadOnlyList<FramePart> Parts, IReadOnlyList<FrameProblem> Problems);

/// <summary>What a frame can be.</summary>
internal enum FrameKind
{
    Neither,

    /// <summary>From the worker to Wizard.</summary>
    Request,

    /// <summary>From Wizard to the worker.</summary>
    Answer,
}

/// <summary>Some bytes of a frame that mean something together.</summary>
/// <param name="Offset">Where they begin, from 0.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Hex">As hexadecimal pairs, a long row shortened.</param>
/// <param name="Text">As a person reads them.</param>
/// <param name="Meaning">What they mean.</param>
internal sealed record FramePart(int Offset, int Length, string Hex, string Text, string Meaning)
{
    [JsonIgnore]
    public string Place => string.Create(
        CultureInfo.InvariantCulture, $"{(Length == 1 ? $"{Offset}" : $"{Offset}-{Offset + Length - 1}")}");
}

/// <summary>Something that is wrong with a frame.</summary>
/// <param name="Offset">The byte at which it is wrong, from 0; the frame's length when something is missing behind it.</param>
/// <param name="Text">What, and what it must be, as a sentence.</param>
internal sealed record FrameProblem(int Offset, string Text);
