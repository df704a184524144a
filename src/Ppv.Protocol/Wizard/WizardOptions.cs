using Microsoft.Extensions.Options;
using Ppv.Protocol.Validation;

namespace Ppv.Protocol;

/// <summary>Where Wizard is and how long to wait for it. Section <c>Ppv:Wizard</c>.</summary>
public sealed class WizardOptions
{
    /// <summary>
    /// Host name or address; the addresses of a name are tried side by side, 250 ms apart (RFC 8305). Default <c>localhost</c>. Legacy key
    /// <c>wizard_host</c>.
    /// </summary>
    [HostName]
    public string Host { get; set; } = "localhost";

    /// <summary>TCP port, 1..65535. Default 2000. Legacy key <c>wizard_port</c>.</summary>
    [InRange(1, 65535)]
    public int Port { get; set; } = 2000;

    /// <summary>How long a connection lives. Default <see cref="ConnectionMode.PerCommand"/>, as the old worker does.</summary>
    [Defined]
    public ConnectionMode ConnectionMode { get; set; } = ConnectionMode.PerCommand;

    /// <summary>
    /// How long a connection kept for a line (<see cref="ConnectionMode.PerLine"/>) may be idle and still take a command: 1 s to 1 h.
    /// Default 30 s. An older one is closed, and the command goes over a new one. Keep it below the time after which a firewall on the way
    /// forgets connections. A confirm never goes over a connection that was idle for longer than 1 s: one that was dropped without a word
    /// would leave its outcome unknown.
    /// </summary>
    [InRange("00:00:01", "01:00:00")]
    public TimeSpan PooledConnectionIdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one attempt to connect may take: 100 ms to 1 min. Default 3 s. Never beyond the order's deadline.</summary>
    [InRange("00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The pause between attempts to connect: 10 ms to 1 min. Default 1 s, as the old worker does.</summary>
    [InRange("00:00:00.01", "00:01:00")]
    public TimeSpan ConnectRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often connecting is tried again after the first attempt, 0..1000. Default 30. The order's deadline ends it earlier.
    /// Legacy key <c>wizard_max_retries</c>.
    /// </summary>
    [InRange(0, 1000)]
    public int MaxConnectRetries { get; set; } = 30;

    /// <summary>
    /// How long to wait for the answer once a command was sent: 100 ms to 10 min. Default 20 s. It runs on past the order's deadline, so
    /// that the outcome of a purchase becomes known even when its caller has left.
    /// </summary>
    [InRange("00:00:00.1", "00:10:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(20);
}

/// <summary>Keeps options that make no sense away from the client.</summary>
internal static class WizardOptionsCheck
{
    /// <summary>A copy that nobody changes any more.</summary>
    /// <exception cref="ArgumentException">A value is outside its documented range.</exception>
    public static WizardOptions CheckedCopy(WizardOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new WizardOptionsValidator().Validate(null, options) is { Failed: true, FailureMessage: var message })
            throw new ArgumentException(message, nameof(options));
        return new WizardOptions
        {
            Host = options.Host,
            Port = options.Port,
            ConnectionMode = options.ConnectionMode,
            PooledConnectionIdleTimeout = options.PooledConnectionIdleTimeout,
            ConnectTimeout = options.ConnectTimeout,
            ConnectRetryDelay = options.ConnectRetryDelay,
            MaxConnectRetries = options.MaxConnectRetries,
            ResponseTimeout = options.ResponseTimeout,
        };
    }
}

/// <summary>The ranges of <see cref="WizardOptions"/>; generated from the attributes there.</summary>
[OptionsValidator]
internal sealed partial class WizardOptionsValidator : IValidateOptions<WizardOptions>;
