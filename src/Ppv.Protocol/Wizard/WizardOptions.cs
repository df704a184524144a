namespace Ppv.Protocol;

/// <summary>Where Wizard is and how long to wait for it. Section <c>Ppv:Wizard</c>.</summary>
public sealed class WizardOptions
{
    /// <summary>Host name or address; the addresses of a name are tried side by side, 250 ms apart (RFC 8305). Default <c>localhost</c>. Legacy key <c>wizard_host</c>.</summary>
    public string Host { get; set; } = "localhost";

    /// <summary>TCP port, 1..65535. Default 2000. Legacy key <c>wizard_port</c>.</summary>
    public int Port { get; set; } = 2000;

    /// <summary>How long a connection lives. Default <see cref="ConnectionMode.PerCommand"/>, as the old worker does.</summary>
    public ConnectionMode ConnectionMode { get; set; } = ConnectionMode.PerCommand;

    /// <summary>
    /// How long a connection kept for a line (<see cref="ConnectionMode.PerLine"/>) may be idle and still take a command: 1 s to 1 h. Default 30 s. An older one is
    /// closed, and the command goes over a new one. Keep it below the time after which a firewall on the way forgets connections. A confirm never goes over
    /// a connection that was idle for longer than 1 s: one that was dropped without a word would leave its outcome unknown.
    /// </summary>
    public TimeSpan PooledConnectionIdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one attempt to connect may take: 100 ms to 1 min. Default 3 s. Never beyond the order's deadline.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The pause between attempts to connect: 10 ms to 1 min. Default 1 s, as the old worker does.</summary>
    public TimeSpan ConnectRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often connecting is tried again after the first attempt, 0..1000. Default 30. The order's deadline ends it earlier.
    /// Legacy key <c>wizard_max_retries</c>.
    /// </summary>
    public int MaxConnectRetries { get; set; } = 30;

    /// <summary>
    /// How long to wait for the answer once a command was sent: 100 ms to 10 min. Default 20 s. It runs on past the order's deadline, so
    /// that the outcome of a purchase becomes known even when its caller has left.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
