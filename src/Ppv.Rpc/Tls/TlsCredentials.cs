using Ppv.Protocol.Text;

namespace Ppv.Rpc.Tls;

/// <summary>
/// What the files of <see cref="BrokerTlsOptions"/> hold now, or held when they could last be read. Safe for several threads.
/// </summary>
internal sealed class TlsCredentials(BrokerTlsOptions options, PlainLogger logger)
{
    private readonly Lock _gate = new();
    private TlsIdentity? _last;
    private string? _said;

    /// <exception cref="TlsFileException">A file can't be used, and could not before.</exception>
    public TlsIdentity Current()
    {
        lock (_gate)
        {
            if (_last is null && !options.CheckHostName) TlsLog.NameIsNotChecked(logger);
            try
            {
                _last = TlsFiles.Read(options);
                if (_said is not null) TlsLog.FilesUsableAgain(logger);
                _said = null;
                return _last;
            }
            catch (TlsFileException e) when (_last is not null)
            {
                if (_said != e.Message) TlsLog.FileUnusable(logger, e.Message);
                _said = e.Message;
                return _last;
            }
        }
    }
}
