using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ppv.Protocol.Text;

namespace Ppv.Hosting.Tests;

/// <summary>A file of a key that is none, or that another client has, costs nobody his access, and no caller a moment.</summary>
public sealed class KeyFileTests : IDisposable
{
    private const string First = "the-first-key-of-all", Second = "the-second-key-of-all";
    private readonly TemporaryFolder _folder = new();
    private readonly LogCollector _log = new();
    private readonly TestClock _clock = new();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_pipe_a_folder_and_a_device_are_refused_at_the_start_in_words_and_at_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there the kinds of files can be told.");
        var pipe = Pipe("ivr.key");
        foreach (var path in (string[])[pipe, "/dev/zero", Path.GetTempPath()])
        {
            var options = new PpvAccessOptions();
            options.Clients.Add("ivr", new PpvAccessClient { KeyFile = path });
            var checking = Task.Run(() => new AccessRules().Validate(null, options));
            (await checking.WaitAsync(Hang.Limit)).Failures!.ShouldHaveSingleItem()
                .ShouldContain("it must be an ordinary file, and not a folder, a pipe");
        }
    }

    [Fact]
    public void A_file_of_gigabytes_is_not_read()
    {
        var file = _folder.File("ivr.key");
        using (var stream = File.Create(file)) stream.SetLength(100L << 30);
        Should.Throw<InvalidDataException>(() => ClientKey.ReadFile(file)).Message.ShouldContain("16 to 256 printable");
    }

    [Fact]
    public async Task A_file_that_becomes_a_pipe_leaves_the_key_before_and_holds_nobody_up()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there the kinds of files can be told.");
        var file = Write("ivr.key", First);
        using var keys = Keys(("ivr", file));
        File.Delete(file);
        Pipe("ivr.key");
        await keys.RefreshAsync().WaitAsync(Hang.Limit);
        keys.Find(null, First, "here")!.Name.ShouldBe("ivr");
        _log.Entries.ShouldHaveSingleItem().Message.ShouldContain("and its key before stays");
    }

    [Fact]
    public async Task A_file_with_another_clients_key_is_refused_and_both_keep_their_own()
    {
        var (ivr, shop) = (Write("ivr.key", First), Write("shop.key", Second));
        using var keys = Keys(("ivr", ivr), ("shop", shop));
        Write("shop.key", First);
        await keys.RefreshAsync();
        await keys.RefreshAsync();

        keys.Find(null, First, "here")!.Name.ShouldBe("ivr");
        keys.Find(null, Second, "here")!.Name.ShouldBe("shop");
        var entry = _log.Entries.ShouldHaveSingleItem();
        (entry.Level, entry.Message).ShouldBe((LogLevel.Error,
            $"The key file of client shop can't be used, and its key before stays: {shop}: "
            + "it holds the key of client ivr, and each client has a key of its own."));
    }

    [Fact]
    public async Task The_clock_has_the_files_read_and_no_caller_does()
    {
        var file = Write("ivr.key", First);
        using var keys = Keys(("ivr", file));
        Write("ivr.key", Second);
        keys.Find(null, Second, "here").ShouldBeNull();
        _clock.Advance(TimeSpan.FromSeconds(1));
        for (var since = Stopwatch.StartNew(); keys.Find(null, Second, "here") is null; await Task.Yield())
            since.Elapsed.ShouldBeLessThan(Hang.Limit);
    }

    /// <summary>Each is read only when all are being read.</summary>
    [Fact]
    public async Task The_files_of_all_clients_are_read_side_by_side()
    {
        using var all = new CountdownEvent(10);
        var files = new KeyFiles(path =>
        {
            all.Signal();
            all.Wait(Hang.Limit).ShouldBeTrue();
            return $"the-key-in-{path}";
        });
        var options = new PpvAccessOptions();
        for (var i = 0; i < 10; i++) options.Clients.Add($"client-{i}", new PpvAccessClient { KeyFile = $"file-{i}" });
        (await Task.Run(() => new AccessRules(files).Validate(null, options)).WaitAsync(Hang.Limit)).Failures.ShouldBeNull();
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_is_told_at_the_start_with_the_client_and_the_file()
    {
        using var disk = new DeadDisk { IsDead = true };
        var options = new PpvAccessOptions();
        options.Clients.Add("shop", new PpvAccessClient { KeyFile = Write("shop.key", First) });
        options.Clients.Add("ivr", new PpvAccessClient { KeyFile = Write("ivr.key", Second) });
        var checking = Task.Run(() => new AccessRules(disk.Files).Validate(null, options));
        (await checking.WaitAsync(Hang.Limit)).Failures!.ShouldHaveSingleItem().ShouldStartWith(
            $"Ppv:Access:Clients:ivr:KeyFile is \"{_folder.File("ivr.key")}\", which can't be used: its disk does not answer within 2 s.");
    }

    [Fact]
    public async Task While_a_disk_does_not_answer_all_keys_go_on_and_those_of_other_disks_are_renewed()
    {
        using var disk = new DeadDisk();
        using var keys = Keys(disk.Files, ("ivr", Write("ivr.key", First)), ("shop", Write("shop.key", Second)));
        disk.IsDead = true;
        Write("shop.key", "the-third-key-of-all");
        var reading = keys.RefreshAsync(); // It does not end while the disk is dead.
        for (var since = Stopwatch.StartNew(); keys.Find(null, "the-third-key-of-all", "here") is null; await Task.Yield())
            since.Elapsed.ShouldBeLessThan(Hang.Limit);
        reading.IsCompleted.ShouldBeFalse();
        keys.Find(null, First, "here")!.Name.ShouldBe("ivr");

        _ = keys.RefreshAsync();
        _log.Entries.ShouldContain(entry => entry.Message
            == $"The key file of client ivr can't be used, and its key before stays: {_folder.File("ivr.key")}: its disk does not answer.");
    }

    /// <summary>Where the file of the client ivr lies.</summary>
    private sealed class DeadDisk : IDisposable
    {
        private readonly ManualResetEventSlim _end = new();

        public DeadDisk() => Files = new KeyFiles(path =>
        {
            if (IsDead && Path.GetFileName(path) == "ivr.key") _end.Wait(Hang.Limit);
            return ClientKey.ReadFile(path);
        });

        public KeyFiles Files { get; }

        public volatile bool IsDead;

        public void Dispose() => _end.Set(); // Whoever waits for it ends.
    }

    private ClientKeys Keys(params (string Name, string File)[] clients) => Keys(new KeyFiles(), clients);

    private ClientKeys Keys(KeyFiles files, params (string Name, string File)[] clients)
    {
        var options = new PpvAccessOptions();
        foreach (var (name, file) in clients) options.Clients.Add(name, new PpvAccessClient { KeyFile = file });
        using var loggers = new LoggerFactory([_log]);
        return new ClientKeys(Options.Create(options), _clock, new PlainLogger<ClientKeys>(loggers), files);
    }

    private string Write(string name, string key)
    {
        File.WriteAllText(_folder.File(name), key);
        return _folder.File(name);
    }

    private string Pipe(string name)
    {
        using var mkfifo = Process.Start("mkfifo", _folder.File(name));
        mkfifo.WaitForExit(Hang.Limit).ShouldBeTrue();
        return _folder.File(name);
    }
}
