using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Ppv.Protocol.Text;

namespace Ppv.Hosting;

/// <summary>Knows the clients by their keys. Safe for use by several threads.</summary>
internal sealed class ClientKeys
{
    /// <summary>How long a change of a key file may take to be seen.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    /// <summary>In the place of a key that is gone; no key has this hash.</summary>
    private static readonly byte[] NoKey = new byte[SHA256.HashSizeInBytes];

    private readonly Lock _refreshing = new();
    private readonly TimeProvider _timeProvider;
    private readonly PlainLogger _logger;
    private readonly Client[] _clients;
    private long _refreshed;

    public ClientKeys(IOptions<PpvAccessOptions> options, TimeProvider timeProvider, PlainLogger<ClientKeys> logger)
    {
        (_timeProvider, _logger) = (timeProvider, logger);
        _clients = [.. options.Value.Clients.Select(client => new Client(client.Key, client.Value))];
        foreach (var client in _clients.Where(client => client.File is not null)) Refresh(client);
        _refreshed = timeProvider.GetTimestamp();
    }

    /// <summary>Whether nobody has a key.</summary>
    public bool IsEmpty => _clients.Length == 0;

    /// <summary>
    /// Finds whose key it is, in a time that tells nothing of the keys: all are compared, as hashes of one length, each to its end.
    /// </summary>
    /// <param name="name">The client's name when it was said, too.</param>
    /// <param name="key">The key.</param>
    public KnownClient? Find(string? name, string key)
    {
        RefreshIfDue();
        var hash = ClientKey.Hash(key);
        Client? found = null;
        foreach (var client in _clients)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, client.Hash)
                & (name is null || client.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                found = client;
        }

        return found is null ? null : new KnownClient(found.Name, found.Role);
    }

    private void RefreshIfDue()
    {
        if (_timeProvider.GetElapsedTime(Volatile.Read(ref _refreshed)) < RefreshInterval) return;
        lock (_refreshing)
        {
            if (_timeProvider.GetElapsedTime(_refreshed) < RefreshInterval) return;
            foreach (var client in _clients.Where(client => client.File is not null)) Refresh(client);
            Volatile.Write(ref _refreshed, _timeProvider.GetTimestamp());
        }
    }

    private void Refresh(Client client)
    {
        string? problem = null;
        try
        {
            var hash = ClientKey.Hash(ClientKey.ReadFile(client.File!));
            if (client.WasRead && !hash.AsSpan().SequenceEqual(client.Hash)) SecurityLog.KeyRenewed(_logger, client.Name);
            (client.Hash, client.WasRead) = (hash, true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = e.Message;
            if (problem != client.Problem) SecurityLog.KeyGone(_logger, client.Name, client.File!);
            client.Hash = NoKey;
        }
        catch (Exception e) when (ClientKey.IsTrouble(e))
        {
            problem = e.Message;
            if (problem != client.Problem) SecurityLog.KeyUnreadable(_logger, client.Name, client.File!, problem.TrimEnd('.'));
        }

        client.Problem = problem;
    }

    private sealed class Client(string name, PpvAccessClient access)
    {
        public string Name => name;

        public PpvAccessRole Role => access.Role;

        public string? File => access.KeyFile;

        /// <summary>Replaced as a whole, and never changed.</summary>
        public byte[] Hash { get; set; } = access.Key is { } key ? ClientKey.Hash(key) : NoKey;

        public bool WasRead { get; set; }

        public string? Problem { get; set; }
    }
}

/// <summary>A client that has shown its key.</summary>
internal sealed record KnownClient(string Name, PpvAccessRole Role);
