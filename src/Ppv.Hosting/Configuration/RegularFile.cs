using System.Runtime.InteropServices;

namespace Ppv.Hosting;

/// <summary>
/// Whether a name means a file with contents, found out without opening it: opening a pipe waits until somebody writes into it.
/// </summary>
internal static class RegularFile
{
    private const int RelativeToHere = -100, TypeOnly = 1, AnswerSize = 256, ModeAt = 28;
    private const int TypeBits = 0xf000, Regular = 0x8000;

    /// <exception cref="InvalidDataException">There is something of this name, and it is no file with contents.</exception>
    public static void ThrowIfNot(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            // The kernel's own answer, the same on every processor: man 2 statx. Where there is nothing, opening it says so best.
            var answer = new byte[AnswerSize];
            if (Statx(RelativeToHere, path, 0, TypeOnly, answer) == 0
                && (BitConverter.ToUInt16(answer, ModeAt) & TypeBits) != Regular)
                throw new InvalidDataException("it must be an ordinary file, and not a folder, a pipe, a socket or a device");
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // A system that can't say it.
        }
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);
}
