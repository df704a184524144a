namespace Ppv.Board.Tests.Support;

/// <summary>What somebody looks at the board with.</summary>
/// <param name="Width">In CSS pixels.</param>
/// <param name="Height">In CSS pixels.</param>
/// <param name="IsDark">Whether they asked their system for dark pages.</param>
/// <param name="IsStill">Whether they asked it for less motion.</param>
internal sealed record Screen(int Width, int Height, bool IsDark = false, bool IsStill = false)
{
    public static readonly Screen Desktop = new(1440, 900);
    public static readonly Screen Phone = new(390, 844);
    public static readonly Screen SmallPhone = new(360, 740);
    public static readonly Screen Wall = new(1920, 1080, IsDark: true);
}
