using System.Diagnostics;

namespace Ppv.Hosting.Tests;

/// <summary>
/// The log file keeps its name and is rotated as Python's <c>RotatingFileHandler</c> does, whatever others do to it meanwhile.
/// </summary>
public sealed class RotatingFileTests : IDisposable
{
    private static readonly TimeSpan Limit = Hang.Limit;
    private readonly string _folder = Directory.CreateTempSubdirectory("ppv-log-").FullName;
    private readonly string _path;

    public RotatingFileTests() => _path = Path.Combine(_folder, "gw.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_name_stays_and_the_newest_full_file_is_number_1()
    {
        var file = new RotatingFile(_path, maxBytes: 9, backupCount: 2);
        foreach (var line in new[] { "a1\n", "a2\n", "b1\n", "b2\n", "c1\n", "c2\n", "d1\n" }) Append(file, line);
        Files().ShouldBe(["gw.log d1", "gw.log.1 c1 c2", "gw.log.2 b1 b2"]);
    }

    [Fact]
    public void A_line_that_brings_the_file_to_its_size_begins_a_new_one_as_in_Python()
    {
        Append(new RotatingFile(_path, maxBytes: 7, backupCount: 1), "a1\n", "a2\n", "b1\n");
        Append(new RotatingFile(_path, maxBytes: 6, backupCount: 1), "c1\n");
        Files().ShouldBe(["gw.log c1", "gw.log.1 b1"]);
    }

    [Fact]
    public void Two_programs_with_one_file_lose_no_line_of_each_other_and_a_third_can_find_out()
    {
        using (var one = new RotatingFile(_path, maxBytes: 0, backupCount: 0))
        using (var other = new RotatingFile(_path, maxBytes: 0, backupCount: 0))
        {
            Parallel.ForEach([one, other], file =>
            {
                for (var i = 0; i < 300; i++) file.Append([.. Enumerable.Repeat("line\n", 4)]).ShouldBe((4, null));
            });
            RotatingFile.IsWritten(_path).ShouldBeTrue();
        }

        RotatingFile.IsWritten(_path).ShouldBeFalse();
        File.ReadAllLines(_path).ShouldBe(Enumerable.Repeat("line", 2_400));
    }

    [Fact]
    public void A_line_longer_than_a_file_may_be_has_one_for_itself()
    {
        Append(new RotatingFile(_path, maxBytes: 2, backupCount: 3), "long1\n", "long2\n");
        Files().ShouldBe(["gw.log long2", "gw.log.1 long1"]);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(4, 0)]
    public void With_a_zero_it_is_never_rotated(int maxBytes, int backupCount)
    {
        Append(new RotatingFile(_path, maxBytes, backupCount), "a1\n", "a2\n", "a3\n");
        Files().ShouldBe(["gw.log a1 a2 a3"]);
    }

    [Fact]
    public void A_file_that_was_there_is_gone_on_with()
    {
        File.WriteAllText(_path, "a1\n");
        Append(new RotatingFile(_path, maxBytes: 100, backupCount: 1), "a2\n");
        Files().ShouldBe(["gw.log a1 a2"]);
    }

    [Fact]
    public void A_file_that_is_cut_short_is_gone_on_with_at_its_new_end()
    {
        var file = new RotatingFile(_path, maxBytes: 1000, backupCount: 1);
        Append(file, "a1\n", "a2\n");
        // logrotate's copytruncate.
        using (var other = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) other.SetLength(0);
        Append(file, "b1\n");
        File.ReadAllBytes(_path).ShouldBe("b1\n"u8.ToArray());
    }

    [Fact]
    public void A_file_that_is_moved_away_or_whose_folder_is_gone_is_made_again()
    {
        var file = new RotatingFile(_path, maxBytes: 1000, backupCount: 1);
        Append(file, "a1\n");
        File.Move(_path, _path + "-old");
        Append(file, "b1\n");
        Files().ShouldBe(["gw.log b1", "gw.log-old a1"]);
        Directory.Delete(_folder, recursive: true);
        Append(file, "c1\n");
        Files().ShouldBe(["gw.log c1"]);
    }

    [Fact]
    public void A_full_disk_is_a_problem_until_there_is_room()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full on this machine.");
        var file = new RotatingFile(_path, maxBytes: 1000, backupCount: 1);
        File.CreateSymbolicLink(_path, "/dev/full");
        var (written, problem) = file.Append(["a1\n", "a2\n"]);
        written.ShouldBe(0);
        problem.ShouldNotBeNull().ShouldContain("space", Case.Insensitive);
        File.Delete(_path);
        Append(file, "b1\n");
        Files().ShouldBe(["gw.log  b1"]); // Half a line may be in front, so the next one begins on a line of its own.
    }

    [Fact]
    public void A_full_file_that_can_not_be_moved_is_a_problem_and_not_the_end()
    {
        var file = new RotatingFile(_path, maxBytes: 6, backupCount: 1);
        Directory.CreateDirectory(_path + ".1");
        var (written, problem) = file.Append(["a1\n", "b1\n"]);
        (written, problem is null).ShouldBe((1, false));
        Directory.Delete(_path + ".1");
        Append(file, "b1\n");
        Files().ShouldBe(["gw.log b1", "gw.log.1 a1"]);
    }

    [Fact]
    public async Task Tail_sees_every_line_over_all_rotations()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/tail"), "There is no tail on this machine.");
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(Limit);
        var file = new RotatingFile(_path, maxBytes: 100, backupCount: 2);
        Append(file, "line 0\n");
        var start = new ProcessStartInfo(
            "/usr/bin/tail", ["-n", "+1", "-s", "0.1", "-F", _path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var tail = Process.Start(start)!;
        try
        {
            for (var i = 0; i < 60; i++)
            {
                if (i > 0) Append(file, $"line {i}\n");
                (await tail.StandardOutput.ReadLineAsync(bound.Token)).ShouldBe($"line {i}");
            }
        }
        finally
        {
            tail.Kill();
        }

        Directory.GetFiles(_folder).Length.ShouldBe(3); // It was rotated meanwhile.
    }

    private static void Append(RotatingFile file, params string[] lines) => file.Append(lines).ShouldBe((lines.Length, null));

    private List<string> Files() =>
        [.. Directory.GetFiles(_folder).Order(StringComparer.Ordinal).Select(
            path => $"{Path.GetFileName(path)} {string.Join(' ', File.ReadAllLines(path))}")];
}
