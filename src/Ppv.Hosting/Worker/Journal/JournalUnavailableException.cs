using Ppv.Protocol.Text;

namespace Ppv.Hosting;

/// <summary>
/// The journal's file can't be read or written now. Thrown for a confirm's intent, it means that nothing was recorded, so the confirm must
/// not be sent.
/// </summary>
public sealed class JournalUnavailableException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong with which file, and what to do, in full sentences.</param>
    /// <param name="innerException">What the file system or SQLite said.</param>
    public JournalUnavailableException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>What a caller is told of it, who must not learn where the file is.</summary>
    internal Reason Reason => Reason.Of("The worker's order journal can't be used now; the worker's log says why.", Message);
}
