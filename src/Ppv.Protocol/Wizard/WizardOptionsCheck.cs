namespace Ppv.Protocol.Wizard;

/// <summary>Keeps options that make no sense away from the client.</summary>
internal static class WizardOptionsCheck
{
    /// <summary>A copy that nobody changes any more.</summary>
    /// <exception cref="ArgumentException">A value is outside its documented range.</exception>
    public static WizardOptions CheckedCopy(WizardOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Uri.CheckHostName(options.Host) == UriHostNameType.Unknown)
            throw new ArgumentException("WizardOptions.Host is no host name and no address.", nameof(options));
        if (!Enum.IsDefined(options.ConnectionMode))
            throw new ArgumentException($"WizardOptions.ConnectionMode is {(int)options.ConnectionMode}; PerCommand and PerLine exist.", nameof(options));
        Check(nameof(options.Port), options.Port, 1, 65535);
        Check(nameof(options.MaxConnectRetries), options.MaxConnectRetries, 0, 1000);
        Check(nameof(options.PooledConnectionIdleTimeout), options.PooledConnectionIdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Check(nameof(options.ConnectTimeout), options.ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Check(nameof(options.ConnectRetryDelay), options.ConnectRetryDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Check(nameof(options.ResponseTimeout), options.ResponseTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
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

    private static void Check<T>(string name, T value, T min, T max)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            throw new ArgumentException($"WizardOptions.{name} is {value}; {min} to {max} is expected.");
    }
}
