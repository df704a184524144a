using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Ppv.Samples.Cli.Output;

/// <summary>
/// Standard output or error where a program or a file takes it. .NET's own drops, without a word, what a reader that has ended does not
/// take, so that a verb would go on for nobody.
/// </summary>
/// <param name="descriptor">1 or 2.</param>
internal sealed class OutputPipe(int descriptor) : Stream
{
    // Of Linux and macOS.
    private const int Interrupted = 4, BrokenPipe = 32, Failed = 8, HungUp = 16;
    private static readonly int TryAgain = OperatingSystem.IsMacOS() ? 35 : 11;
    private const int Forever = -1;
    private const short CanTake = 4;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether the reader has ended; looks without waiting.</summary>
    public bool IsGone
    {
        get
        {
            PollEntry[] entries = [new() { Descriptor = descriptor }];
            return Poll(entries, 1, 0) > 0 && (entries[0].Returned & (Failed | HungUp)) != 0;
        }
    }

    /// <exception cref="OutputGoneException">It is not taken.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        while (count > 0)
        {
            var written = (int)Write(descriptor, ref buffer[offset], count);
            if (written >= 0)
            {
                (offset, count) = (offset + written, count - written);
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == TryAgain) _ = Poll([new() { Descriptor = descriptor, Asked = CanTake }], 1, Forever);
            else if (error != Interrupted) throw new OutputGoneException(error == BrokenPipe ? null : new Win32Exception(error).Message);
        }
    }

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int descriptor, ref byte first, nint count);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll([In, Out] PollEntry[] entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Asked;
        public short Returned;
    }
}
