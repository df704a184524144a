using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ppv.Hosting.LogFile;

/// <summary>
/// Opens a file of which every write goes behind its end, wherever that is by then: several programs may write to it. .NET's own
/// <see cref="FileMode.Append"/> looks for the end only once.
/// </summary>
internal static class AppendedFile
{
    // Of Linux, on every processor that .NET runs on.
    private const int WriteOnly = 1, Create = 0x40, Append = 0x400, CloseOnExec = 0x80000, Mode = 0b110_110_110;

    /// <exception cref="IOException">It can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static FileStream Open(string path)
    {
        const FileShare share = FileShare.ReadWrite | FileShare.Delete;
        if (!OperatingSystem.IsLinux()) return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, share, bufferSize: 0);
        var descriptor = Open(path, WriteOnly | Create | Append | CloseOnExec, Mode);
        if (descriptor >= 0) return new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        // .NET says better why.
        var problem = new Win32Exception(Marshal.GetLastPInvokeError());
        using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, share, bufferSize: 0)) throw new IOException(problem.Message);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);
}
