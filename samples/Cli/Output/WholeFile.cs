using Ppv.Samples.Cli.Running;

namespace Ppv.Samples.Cli.Output;

/// <summary>
/// A file that is written in one step: beside its place first, and put there when it is whole. What was there stays until then. That it can
/// be written is found out at the beginning.
/// </summary>
internal sealed class WholeFile : IDisposable
{
    private readonly string _path, _aside;
    private readonly bool _force;
    private readonly StreamWriter _writer;

    /// <param name="path">Its place.</param>
    /// <param name="force">Whether it may take the place of one that is there.</param>
    /// <param name="isForOwnerOnly">Whether nobody else may read it.</param>
    /// <exception cref="CliException">It can't be written.</exception>
    public WholeFile(string path, bool force, bool isForOwnerOnly = false)
    {
        (_path, _force) = (path, force || IsDevice(path));
        _aside = IsDevice(path) ? path : $"{path}.{Guid.NewGuid():N}";
        if (!_force && File.Exists(path)) throw IsThere(null);
        if (Directory.Exists(path)) throw CannotBe(new IOException("It is a folder."));
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (isForOwnerOnly && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            _writer = new StreamWriter(new FileStream(_aside, options));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotBe(e);
        }
    }

    /// <summary>Writes it and puts it in its place.</summary>
    /// <exception cref="CliException">It can't be written.</exception>
    public void Write(string text)
    {
        try
        {
            _writer.Write(text);
            _writer.Dispose();
            if (_aside != _path) File.Move(_aside, _path, _force);
        }
        catch (IOException e) when (!_force && File.Exists(_path))
        {
            throw IsThere(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotBe(e);
        }
    }

    public void Dispose()
    {
        try
        {
            _writer.Dispose();
            if (_aside != _path) File.Delete(_aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What went before has said why.
        }
    }

    private static bool IsDevice(string path) => path.StartsWith("/dev/", StringComparison.Ordinal);

    private CliException IsThere(Exception? e) => new(
        $"The file {_path} is there already, and was left as it is. Name another one, or give --force to replace it.",
        ExitCodes.BadArguments, e);

    private CliException CannotBe(Exception e) =>
        new($"The file {_path} can't be written: {e.Message} Name another one.", ExitCodes.BadArguments, e);
}
