namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>Which file is good enough for a read.</summary>
internal enum ReadFrom
{
    /// <summary>One that only can be read, too: it has every confirm that was sent.</summary>
    AnyFile,

    /// <summary>
    /// One that this process has written to: in another one, what calls asked for last may be missing, because the worker before could not
    /// write it either. So nothing is to go on from there.
    /// </summary>
    OpenFile,
}
