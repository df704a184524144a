using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ppv.Protocol.Validation;

namespace Ppv.Rpc.Tls;

/// <summary>Reads the files of <see cref="BrokerTlsOptions"/>.</summary>
internal static class TlsFiles
{
    private const string Section = "Ppv:Broker:Tls:";
    private const string CaFile = Section + nameof(BrokerTlsOptions.CaFile);
    private const string CertificateFile = Section + nameof(BrokerTlsOptions.CertificateFile);
    private const string KeyFile = Section + nameof(BrokerTlsOptions.KeyFile);
    private const string KeyPassword = Section + nameof(BrokerTlsOptions.KeyPassword);

    /// <exception cref="TlsFileException">A file can't be used.</exception>
    public static TlsIdentity Read(BrokerTlsOptions options)
    {
        var roots = options.CaFile is null ? null : ReadRoots(options.CaFile);
        return options.CertificateFile is null
            ? new TlsIdentity(roots, null, [])
            : ReadCertificate(options, options.CertificateFile) with { Roots = roots };
    }

    private static X509Certificate2Collection ReadRoots(string path)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(Encoding.UTF8.GetString(ReadFile(CaFile, path)));
        }
        catch (CryptographicException e)
        {
            throw Unusable(CaFile, path, $"has a certificate that can't be read: {e.Message}", "Write the issuer's PEM file again", e);
        }

        return roots.Count > 0
            ? roots
            : throw Unusable(CaFile, path, "has no certificate in it", "Name the issuer's certificates as a PEM file");
    }

    private static TlsIdentity ReadCertificate(BrokerTlsOptions options, string path)
    {
        var bytes = ReadFile(CertificateFile, path);
        var text = Encoding.Latin1.GetString(bytes);
        return text.Contains("-----BEGIN ", StringComparison.Ordinal)
            ? ReadPem(options, path, text)
            : ReadPfx(options, path, bytes);
    }

    private static TlsIdentity ReadPem(BrokerTlsOptions options, string path, string text)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw Unusable(CertificateFile, path, $"has a certificate that can't be read: {e.Message}", "Write the PEM file again", e);
        }

        if (all.Count == 0)
            throw Unusable(CertificateFile, path, "has no certificate in it", "Name our certificate as a PEM or PFX file");
        var (keySetting, keyPath) = options.KeyFile is { } file ? (KeyFile, file) : (CertificateFile, path);
        var key = options.KeyFile is { } other ? Encoding.Latin1.GetString(ReadFile(KeyFile, other)) : text;
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw Unusable(keySetting, keyPath, "has no private key in it", $"Name the key's PEM file as {KeyFile}");
        var isEncrypted = key.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal);
        if (isEncrypted && options.KeyPassword is null)
            throw Unusable(keySetting, keyPath, "has a key that is encrypted", $"Set {KeyPassword}");
        try
        {
            var certificate = isEncrypted
                ? X509Certificate2.CreateFromEncryptedPem(text, key, options.KeyPassword)
                : X509Certificate2.CreateFromPem(text, key);
            all.RemoveAt(0);
            return new TlsIdentity(null, Usable(certificate), all);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Unusable(keySetting, keyPath, "has no key that can be read and is that of the certificate",
                isEncrypted ? $"Name the key of this certificate, and check {KeyPassword}" : "Name the key of this certificate", e);
        }
    }

    private static TlsIdentity ReadPfx(BrokerTlsOptions options, string path, byte[] bytes)
    {
        try
        {
            var all = X509CertificateLoader.LoadPkcs12Collection(bytes, options.KeyPassword);
            var certificate = all.FirstOrDefault(one => one.HasPrivateKey)
                ?? throw Unusable(CertificateFile, path, "has no certificate with a key in it", "Export it together with its key");
            all.Remove(certificate);
            return new TlsIdentity(null, certificate, all);
        }
        catch (CryptographicException e)
        {
            throw Unusable(CertificateFile, path, $"is no PEM file, and can't be read as a PFX file: {e.Message}",
                $"Check the file and {KeyPassword}", e);
        }
    }

    /// <summary>Windows lends no key to TLS that it has not stored.</summary>
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows()) return certificate;
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static byte[] ReadFile(string setting, string path)
    {
        try
        {
            return File.ReadAllBytes(Path.GetFullPath(path, AppContext.BaseDirectory));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException
            or SecurityException)
        {
            throw Unusable(setting, path, $"can't be read: {e.Message.TrimEnd('.')}", "Name a file that this program's user may read", e);
        }
    }

    private static TlsFileException Unusable(string setting, string path, string problem, string advice, Exception? cause = null) =>
        new($"{setting} is {OptionRules.Show(path)}, which {problem.TrimEnd('.')}. {advice}.", cause);
}

/// <summary>What the files hold.</summary>
/// <param name="Roots">The only issuers to be trusted; <see langword="null"/>: those of the machine.</param>
/// <param name="Certificate">Our own certificate, with its key; <see langword="null"/>: none.</param>
/// <param name="Intermediates">The certificates between ours and its root.</param>
internal sealed record TlsIdentity(
    X509Certificate2Collection? Roots, X509Certificate2? Certificate, X509Certificate2Collection Intermediates);

/// <summary>A file can't be used; the message is a sentence that names the setting and the file, and says what to do.</summary>
internal sealed class TlsFileException(string message, Exception? cause) : Exception(message, cause);
