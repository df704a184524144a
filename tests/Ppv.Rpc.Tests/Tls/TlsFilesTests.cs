using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ppv.Protocol.Validation;
using Ppv.Rpc.Tls;
using Ppv.TestKit;

namespace Ppv.Rpc.Tests.Tls;

/// <summary>The files of Ppv:Broker:Tls, good and bad ones; what is wrong is said with the setting, the file and what to do.</summary>
public sealed class TlsFilesTests : IDisposable
{
    private const string Password = "geheim";
    private readonly CertificateFiles _files = new();
    private readonly TestAuthority _issuer = new("PPV");
    private readonly X509Certificate2 _certificate;
    private readonly BrokerTlsOptions _tls = new();

    public TlsFilesTests()
    {
        _certificate = _issuer.IssueToClient("gateway");
        _files.WritePair("client", _certificate);
    }

    public void Dispose()
    {
        _files.Dispose();
        _issuer.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public void A_file_may_hold_several_issuers()
    {
        using var other = new TestAuthority("Other");
        _tls.CaFile = _files.Write("ca.pem", _issuer.Pem + other.Pem);
        TlsFiles.Read(_tls).Roots!.Select(root => root.Subject).ShouldBe(["CN=PPV", "CN=Other"]);
        TlsFiles.Read(new BrokerTlsOptions()).ShouldSatisfyAllConditions(
            read => read.Roots.ShouldBeNull(), read => read.Certificate.ShouldBeNull());
    }

    [Fact]
    public void A_certificate_comes_with_its_key_from_two_pem_files_from_one_or_from_a_pfx()
    {
        Use(_files["client.pem"], _files["client-key.pem"]);
        ShouldBeOurs();
        Use(_files.Write("both.pem", Text("client-key.pem") + Text("client.pem") + _issuer.Pem));
        ShouldBeOurs().ShouldHaveSingleItem().Subject.ShouldBe("CN=PPV");
        File.WriteAllBytes(_files["client.pfx"], _certificate.Export(X509ContentType.Pkcs12));
        Use(_files["client.pfx"]);
        ShouldBeOurs();
    }

    [Fact]
    public void Keys_may_be_encrypted()
    {
        var pbe = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        _files.Write("encrypted.pem", _certificate.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem(Password, pbe));
        Use(_files["client.pem"], _files["encrypted.pem"], Password);
        ShouldBeOurs();

        _tls.KeyPassword = "wrong";
        Problem().ShouldStartWith($"Ppv:Broker:Tls:KeyFile is \"{_files["encrypted.pem"]}\", which has no key that can be read and ");
        _tls.KeyPassword = null;
        Problem().ShouldBe($"Ppv:Broker:Tls:KeyFile is \"{_files["encrypted.pem"]}\", which has a key that is encrypted. "
            + "Set Ppv:Broker:Tls:KeyPassword.");
    }

    [Fact]
    public void A_key_that_does_not_fit_is_told_as_when_only_one_of_two_files_is_renewed()
    {
        using var renewed = _issuer.IssueToClient("gateway");
        _files.WritePair("renewed", renewed);
        Use(_files["renewed.pem"], _files["client-key.pem"]);
        Problem().ShouldBe($"Ppv:Broker:Tls:KeyFile is \"{_files["client-key.pem"]}\", which has no key that can be read and is that of "
            + "the certificate. Name the key of this certificate.");
    }

    [Fact]
    public void What_can_not_be_used_is_a_problem_of_the_start()
    {
        _tls.CaFile = _files["missing.pem"];
        Problem().ShouldStartWith($"Ppv:Broker:Tls:CaFile is \"{_files["missing.pem"]}\", which can't be read: ");
        _tls.CaFile = _files.Write("empty.pem", "no certificate");
        Problem().ShouldStartWith($"Ppv:Broker:Tls:CaFile is \"{_files["empty.pem"]}\", which has no certificate in it.");
        _tls.CaFile = _files.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Problem().ShouldStartWith($"Ppv:Broker:Tls:CaFile is \"{_files["broken.pem"]}\", which has a certificate that can't be read: ");
        _tls.CaFile = null;

        Use(_files["client.pem"]);
        Problem().ShouldBe($"Ppv:Broker:Tls:CertificateFile is \"{_files["client.pem"]}\", which has no private key in it. "
            + "Name the key's PEM file as Ppv:Broker:Tls:KeyFile.");
        Use(_files["client-key.pem"], _files["client-key.pem"]);
        Problem().ShouldContain("which has no certificate in it.");
        Use(_files.Write("noise.pfx", "no PFX file"), password: Password);
        Problem().ShouldStartWith(
            $"Ppv:Broker:Tls:CertificateFile is \"{_files["noise.pfx"]}\", which is no PEM file, and can't be read as a PFX file");
        Problem().ShouldNotContain(Password);
    }

    [Fact]
    public void Settings_that_could_have_no_effect_are_a_problem_too()
    {
        _tls.CaFile = _files.Write("ca.pem", _issuer.Pem);
        Problems("kfs-gax", "amqps://bs-gax").ShouldBeEmpty();
        Problems("kfs-gax", "amqp://me:geheim@bs-gax").ShouldBe(
            ["Ppv:Broker:Hosts is \"kfs-gax, amqp://…@bs-gax\"; it must be a list with amqps:// in it, as Ppv:Broker:Tls is set."]);
        _tls.KeyFile = _files["client-key.pem"];
        Problem().ShouldBe("Ppv:Broker:Tls:CertificateFile is not set; it must be set where KeyFile or KeyPassword is.");
        _tls.KeyFile = null;
        _tls.RevocationMode = (X509RevocationMode)7;
        Problem().ShouldBe("Ppv:Broker:Tls:RevocationMode is 7; it must be one of NoCheck, Online, Offline.");
    }

    private void Use(string certificate, string? key = null, string? password = null) =>
        (_tls.CertificateFile, _tls.KeyFile, _tls.KeyPassword) = (certificate, key, password);

    private X509Certificate2Collection ShouldBeOurs()
    {
        var read = TlsFiles.Read(_tls);
        read.Certificate!.Thumbprint.ShouldBe(_certificate.Thumbprint);
        read.Certificate.HasPrivateKey.ShouldBeTrue();
        return read.Intermediates;
    }

    private string Problem() => Problems("amqps://kfs-gax").ShouldHaveSingleItem();

    private IReadOnlyList<string> Problems(params string[] hosts)
    {
        var rules = new OptionRules();
        BrokerRules.Check(new BrokerOptions { Hosts = [.. hosts], Tls = _tls }, rules);
        return rules.Failures;
    }

    private string Text(string name) => File.ReadAllText(_files[name]);
}
