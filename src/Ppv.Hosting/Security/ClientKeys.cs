using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Security;

/// <summary>
/// Knows the clients by their keys. Files of keys are read again in the background: a disk that does not answer holds nobody up. Safe for
/// use by several threads.
/// </summary>
internal sealed class ClientKeys : IDisposable
{
    /// <summary>How long a change of a key file may take to be seen.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    /// <summary>In the place of a key that is gone; no key has this hash.</summary>
    private static readonly byte[] NoKey = new byte[SHA256.HashSizeInBytes];

    private readonly Lock _accepting = new();
    private readonly PlainLogger _logger;
    private readonly KeyFiles _files;
    private readonly Client[] _clients;
    private readonly ITimer? _timer;

    public ClientKeys(
        IOptions<PpvAccessOptions> options, TimeProvider timeProvider, PlainLogger<ClientKeys> logger, KeyFiles? files = null)
    {
        (_logger, _files) = (logger, files ?? new KeyFiles());
        _clients = [.. options.Value.Clients.Select(client => new Client(client.Key, client.Value))];
        var keys = _files.Read(WithFiles.Select(client => client.File!));
        foreach (var client in WithFiles) Take(client, keys[client.File!]);
        if (WithFiles.Any())
            _timer = timeProvider.CreateTimer(_ => _ = RefreshAsync(), null, RefreshInterval, RefreshInterval);
    }

    /// <summary>Whether nobody has a key.</summary>
    public bool IsEmpty => _clients.Length == 0;

    /// <summary>Whether a key is as long as one that a client has: no other can be one.</summary>
    public bool IsOfALengthThatThereIs(string key) => Array.Exists(_clients, client => client.KeyLength == key.Length);

    private IEnumerable<Client> WithFiles => _clients.Where(client => client.File is not null);

    /// <summary>
    /// Finds whose key it is, in a time that tells nothing of the keys: all are compared, as hashes of one length, each to its end.
    /// </summary>
    /// <param name="name">The client's name when it was said, too.</param>
    /// <param name="key">The key.</param>
    /// <param name="network">Where it comes from.</param>
    /// <param name="onlyKnownThere">Whether only those are compared that have shown their key from there before.</param>
    public KnownClient? Find(string? name, string key, string network, bool onlyKnownThere = false)
    {
        byte[]? hash = null;
        Client? found = null;
        foreach (var client in _clients)
        {
            if (onlyKnownThere && !client.IsKnownAt(network)) continue;
            hash ??= ClientKey.Hash(key);
            if (CryptographicOperations.FixedTimeEquals(hash, client.Hash)
                & (name is null || client.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                found = client;
        }

        found?.NoteAt(network);
        return found is null ? null : new KnownClient(found.Name, found.Owner, found.Role);
    }

    /// <summary>Reads the files again; one that is still being read since the last time is left alone, and complained about.</summary>
    internal Task RefreshAsync() => Task.WhenAll(WithFiles.Select(RefreshAsync));

    public void Dispose() => _timer?.Dispose();

    private Task RefreshAsync(Client client)
    {
        if (Interlocked.CompareExchange(ref client.IsBeingRead, true, false))
        {
            Take(client, static () => throw new IOException("its disk does not answer"));
            return Task.CompletedTask;
        }

        return ReadAsync();

        async Task ReadAsync()
        {
            try
            {
                var reading = _files.ReadAsync(client.File!);
                await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Take(client, () => reading.GetAwaiter().GetResult());
            }
            finally
            {
                Volatile.Write(ref client.IsBeingRead, false);
            }
        }
    }

    private void Take(Client client, Func<string> read)
    {
        lock (_accepting)
        {
            string? problem = null;
            try
            {
                var key = read();
                var hash = ClientKey.Hash(key);
                if (_clients.FirstOrDefault(other => other != client && hash.AsSpan().SequenceEqual(other.Hash)) is { } owner)
                    throw new InvalidDataException($"it holds the key of client {owner.Name}, and each client has a key of its own");
                if (client.WasRead && !hash.AsSpan().SequenceEqual(client.Hash)) SecurityLog.KeyRenewed(_logger, client.Name);
                (client.Hash, client.KeyLength, client.WasRead) = (hash, key.Length, true);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                problem = e.Message;
                if (problem != client.Problem) SecurityLog.KeyGone(_logger, client.Name, client.File!);
                (client.Hash, client.KeyLength) = (NoKey, 0);
            }
            catch (Exception e) when (ClientKey.IsTrouble(e))
            {
                problem = e.Message;
                if (problem != client.Problem) SecurityLog.KeyUnreadable(_logger, client.Name, client.File!, problem.TrimEnd('.'));
            }

            client.Problem = problem;
        }
    }

    private sealed class Client(string name, PpvAccessClient access)
    {
        /// <summary>More than a client has addresses; a key that is shown from everywhere is not known from everywhere.</summary>
        private const int MaxPlaces = 16;

        public bool IsBeingRead;
        private volatile string[] _places = [];

        public string Name => name;

        /// <summary>Names don't differ by their case, and ids do.</summary>
        public string Owner { get; } = (access.Owner ?? name).ToLowerInvariant();

        public PpvAccessRole Role => access.Role;

        public string? File => access.KeyFile;

        /// <summary>Replaced as a whole, and never changed.</summary>
        public byte[] Hash { get; set; } = access.Key is { } key ? ClientKey.Hash(key) : NoKey;

        /// <summary>0 where there is none.</summary>
        public int KeyLength { get; set; } = access.Key?.Length ?? 0;

        public bool WasRead { get; set; }

        public string? Problem { get; set; }

        public bool IsKnownAt(string network) => Array.IndexOf(_places, network) >= 0;

        /// <summary>The latest are kept. Where two come at once, one of them is noted the next time.</summary>
        public void NoteAt(string network)
        {
            var places = _places;
            if (Array.IndexOf(places, network) < 0) _places = [network, .. places.Take(MaxPlaces - 1)];
        }
    }
}
