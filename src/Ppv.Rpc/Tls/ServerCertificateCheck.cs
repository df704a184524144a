using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ppv.Protocol.Text;

namespace Ppv.Rpc.Tls;

/// <summary>Decides, for one attempt to connect, whether a broker's certificate is good, and remembers in words why it is not.</summary>
/// <param name="options">What to look at.</param>
/// <param name="identity">Whom to trust.</param>
/// <param name="address">The broker's address, as it can be written in the configuration.</param>
/// <param name="serverName">The name that the certificate must have.</param>
internal sealed class ServerCertificateCheck(BrokerTlsOptions options, TlsIdentity identity, string address, string serverName)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280, 4.2.1.12.
    private const int MaxNames = 5, MaxTextLength = 120;

    /// <summary>Why the certificate was refused, and what to do, in full sentences; <see langword="null"/> when it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Whether a certificate was shown, and a good one.</summary>
    public bool HasAccepted { get; private set; }

    /// <summary>A <see cref="RemoteCertificateValidationCallback"/>.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown)
        {
            Refusal = "It shows no certificate. Give it one";
            return false;
        }

        var problems = ChainProblems(shown, chain).ToList();
        if (options.CheckHostName && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) problems.Add(WrongName(shown));
        if (problems.Count > 0)
            Refusal = $"Its certificate {string.Join(", and ", problems.Select(problem => problem.What))}. "
                + string.Join(". ", problems.Select(problem => problem.Advice));
        return HasAccepted = problems.Count == 0;
    }

    /// <summary>As TLS has checked it, and with our own issuers where there are some.</summary>
    private IEnumerable<(string What, string Advice)> ChainProblems(X509Certificate2 shown, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.RevocationMode = options.RevocationMode;
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        if (identity.Roots is { } roots)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            chain.ChainPolicy.DisableCertificateDownloads = true; // Only who is in the file, or was shown, is in the chain.
        }

        try
        {
            return chain.Build(shown) ? [] : [.. Describe(chain, shown)];
        }
        catch (CryptographicException e)
        {
            return [($"can't be checked: {e.Message.TrimEnd('.')}", "Look at it with openssl s_client")];
        }
    }

    private IEnumerable<(string What, string Advice)> Describe(X509Chain chain, X509Certificate2 shown)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        var told = false;
        if (Has(X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain))
        {
            var whom = options.CaFile is null ? "this machine does not trust" : $"{options.CaFile} does not have";
            var advice = options.CaFile is null
                ? "Name the issuer's PEM file as Ppv:Broker:Tls:CaFile, or let the machine trust it"
                : "Name the issuer's PEM file as Ppv:Broker:Tls:CaFile";
            yield return Told(($"was issued by '{Printable(shown.Issuer)}', whom {whom}", advice));
        }

        if (Has(X509ChainStatusFlags.NotTimeValid)) yield return Told(NotValidNow(chain));
        if (Has(X509ChainStatusFlags.Revoked)) yield return Told(("was revoked", "Give the broker a new one"));
        if (Has(X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation))
        {
            yield return Told(("may have been revoked, which could not be found out",
                "Let this machine reach the issuer's list, or set Ppv:Broker:Tls:RevocationMode to NoCheck"));
        }

        if (Has(X509ChainStatusFlags.NotValidForUsage)) yield return Told(("is not made for a server", "Give the broker one that is"));
        if (!told)
        {
            yield return ($"is not valid: {string.Join(" ", chain.ChainStatus.Select(one => one.StatusInformation.Trim())).TrimEnd('.')}",
                "Give the broker another one");
        }

        bool Has(X509ChainStatusFlags any) => (status & any) != 0;

        (string, string) Told((string, string) problem)
        {
            told = true;
            return problem;
        }
    }

    private static (string What, string Advice) NotValidNow(X509Chain chain)
    {
        var culprit = chain.ChainElements.FirstOrDefault(
            element => element.ChainElementStatus.Any(status => status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)))?.Certificate;
        if (culprit is null) return ("is not valid now", "Renew it, and check this machine's clock");
        var whose = culprit.Equals(chain.ChainElements[0].Certificate) ? "" : $"has an issuer, '{Printable(culprit.Subject)}', that ";
        return ($"{whose}is valid from {culprit.NotBefore.ToUniversalTime():u} to {culprit.NotAfter.ToUniversalTime():u} only, "
            + "which is not now", "Renew it, or set this machine's clock");
    }

    private (string What, string Advice) WrongName(X509Certificate2 shown)
    {
        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(ip => ip.ToString())))
            .DefaultIfEmpty(shown.GetNameInfo(X509NameType.SimpleName, forIssuer: false)).ToList();
        var some = string.Join(", ", names.Take(MaxNames).Select(Printable)) + (names.Count > MaxNames ? ", ..." : "");
        return ($"is for '{some}', not for '{serverName}'",
            $"If this is the right broker, say so in its entry in Ppv:Broker:Hosts: {address}?server_name_indication=NAME");
    }

    /// <summary>What somebody else wrote, fit for one line of the log.</summary>
    private static string Printable(string text) => PlainText.Ascii(text, MaxTextLength);
}
