using System.Runtime.InteropServices;

namespace Ppv.Hosting.Configuration;

/// <summary>
/// Whether a name means a file with contents, found out without opening it: opening a pipe waits until somebody writes into it.
/// </summary>
internal static class RegularFile
{
    private const int RelativeToHere = -100, TypeOnly = 1, OwnerOnly = 8, AnswerSize = 256, OwnerAt = 20, ModeAt = 28;
    private const int TypeBits = 0xf000, Regular = 0x8000;

    /// <exception cref="InvalidDataException">There is something of this name, and it is no file with contents.</exception>
    public static void ThrowIfNot(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            // Where there is nothing, opening it says so best.
            if (Ask(path, TypeOnly) is { } answer && (BitConverter.ToUInt16(answer, ModeAt) & TypeBits) != Regular)
                throw new InvalidDataException("it must be an ordinary file, and not a folder, a pipe, a socket or a device");
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // A system that can't say it.
        }
    }

    /// <summary>Whether a file belongs to another account than this program's and root's, as far as that can be found out.</summary>
    public static bool IsOfAnother(string path)
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            return OwnerOf(path) is { } owner && owner != 0 && owner != OwnAccount();
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    internal static uint? OwnerOf(string path) => Ask(path, OwnerOnly) is { } answer ? BitConverter.ToUInt32(answer, OwnerAt) : null;

    /// <summary>The kernel's own answer, the same on every processor: man 2 statx.</summary>
    private static byte[]? Ask(string path, uint what)
    {
        var answer = new byte[AnswerSize];
        return Statx(RelativeToHere, path, 0, what, answer) == 0 ? answer : null;
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint OwnAccount();

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);
}
