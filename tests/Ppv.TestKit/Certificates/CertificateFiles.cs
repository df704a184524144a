using System.Security.Cryptography.X509Certificates;

namespace Ppv.TestKit;

/// <summary>A folder of certificate files, as an operator has them; deleted at the end.</summary>
public sealed class CertificateFiles : IDisposable
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("ppv-tls-").FullName;

    /// <summary>The path of a file in it.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Writes a text.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>Writes a certificate as <c>NAME.pem</c>, perhaps with more after it, and its key as <c>NAME-key.pem</c>.</summary>
    public void WritePair(string name, X509Certificate2 certificate, string more = "")
    {
        ArgumentNullException.ThrowIfNull(certificate);
        Write($"{name}-key.pem", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n");
        Write($"{name}.pem", certificate.ExportCertificatePem() + "\n" + more);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
