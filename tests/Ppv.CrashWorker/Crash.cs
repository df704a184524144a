using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Ppv.CrashWorker;

/// <summary>At which step of which confirm this process ends.</summary>
/// <param name="At">The step; <see langword="null"/>: none.</param>
/// <param name="OrderId">
/// The confirm. All others are executed as ever, so that the process that dies at one order can be the one that was started again after
/// another.
/// </param>
internal sealed record Crash(CrashPoint? At, string? OrderId)
{
    /// <summary>Ends the process if this is the step of the order.</summary>
    public void Reached(CrashPoint point, string? orderId)
    {
        if (point == At && orderId == OrderId) Now();
    }

    /// <summary>
    /// SIGKILL: no handler, no finalizer, no flush runs after it, as when the kernel or an operator ends the process.
    /// </summary>
    [DoesNotReturn]
    private static void Now()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        throw new UnreachableException("The process outlived its SIGKILL.");
    }
}
