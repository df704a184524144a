using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Ppv.Hosting.Worker.Journal.Sqlite;

/// <summary>
/// How far a journal's file had come, kept outside of it: an old copy of the file has everything that a file has, this mark included, if it
/// lay there. Immutable.
/// </summary>
internal sealed record JournalMark
{
    /// <summary>The most bytes that a mark takes as text.</summary>
    public const int MaxLength = 1024;

    private const string Title = "PPV order journal, mark 1";

    /// <summary>The journal's own name: <see cref="IOrderJournalStore.IdentityAsync"/>.</summary>
    public required string Identity { get; init; }

    /// <summary>Counts the marks, so that of two the later one is known.</summary>
    public long Generation { get; init; }

    /// <summary>
    /// Whether the journal was only about to be made, or marked for the first time: it may have come to that, or not.
    /// </summary>
    public bool IsBeginning { get; init; }

    /// <summary>How many rows the file had had, for a person: <see cref="OnDisk"/> and <see cref="Last"/> say what it must have.</summary>
    public long Rows { get; init; }

    /// <summary>What was on disk for certain.</summary>
    public JournalWitness? OnDisk { get; init; }

    /// <summary>What was committed last; only a loss of the machine's power can have taken it back.</summary>
    public JournalWitness? Last { get; init; }

    /// <summary>Since which start of the machine <see cref="Last"/> is so; <see langword="null"/> where that can't be told.</summary>
    public string? Boot { get; init; }

    /// <summary>What the file has without its write-ahead log; <see langword="null"/> when nothing is known of that.</summary>
    public JournalWitness? InFile { get; init; }

    /// <summary>
    /// SQLite's own count of what was done to the tables. A copy that was not made byte by byte has another one: its pages lie elsewhere,
    /// so the file's log does not fit it.
    /// </summary>
    public long Schema { get; init; }

    /// <summary>Whether the log is being taken into the file: what the file has without it is neither here nor there.</summary>
    public bool IsCopying { get; init; }

    /// <summary>What a file must have now that is to count as the one that was marked.</summary>
    public JournalWitness? Required => Boot is not null && Boot == MachineBoot.Id ? Last : OnDisk;

    /// <summary>Writes it as text, padded with spaces, into <see cref="MaxLength"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        target.Fill((byte)' ');
        if (!Utf8.TryWrite(target, CultureInfo.InvariantCulture,
            $"{Title}\ngeneration {Generation}\njournal {Identity}\nbeginning {IsBeginning}\nrows {Rows}\nschema {Schema}\n"
                + $"boot {Boot ?? "-"}\ncopying {IsCopying}\n", out var length))
            throw new InvalidOperationException("The mark is too long.");
        foreach (var (name, witness) in new[] { ("disk", OnDisk), ("last", Last), ("file", InFile) })
        {
            int more;
            var isWritten = witness is null
                ? Utf8.TryWrite(target[length..], $"{name} -\n", out more)
                : Utf8.TryWrite(target[length..], CultureInfo.InvariantCulture,
                    $"{name} {witness.OrderId} {witness.State} {witness.At.UtcTicks}\n", out more);
            if (!isWritten) throw new InvalidOperationException("The mark is too long.");
            length += more;
        }

        Utf8.TryWrite(target[length..], CultureInfo.InvariantCulture, $"sum {Sum(target[..length]):x16}\n", out _);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns><see langword="null"/> when it is no mark, or not a whole one.</returns>
    public static JournalMark? Read(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf("\nsum "u8) + 1;
        if (end == 0) return null;
        var lines = Encoding.UTF8.GetString(text[..end]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var sum = Encoding.UTF8.GetString(text[(end + 4)..]).Split('\n')[0];
        if (lines is not [Title, ..] || sum != Sum(text[..end]).ToString("x16", CultureInfo.InvariantCulture)) return null;
        var facts = lines.Skip(1).Select(line => line.Split(' ', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
        return new JournalMark
        {
            Identity = facts["journal"],
            Generation = long.Parse(facts["generation"], CultureInfo.InvariantCulture),
            IsBeginning = bool.Parse(facts["beginning"]),
            Rows = long.Parse(facts["rows"], CultureInfo.InvariantCulture),
            Schema = long.Parse(facts["schema"], CultureInfo.InvariantCulture),
            Boot = facts["boot"] is "-" ? null : facts["boot"],
            IsCopying = bool.Parse(facts["copying"]),
            OnDisk = Witness(facts["disk"]),
            Last = Witness(facts["last"]),
            InFile = Witness(facts["file"]),
        };
    }

    private static JournalWitness? Witness(string text)
    {
        if (text.Split(' ') is not [var order, var state, var at]) return null;
        var time = new DateTimeOffset(long.Parse(at, CultureInfo.InvariantCulture), TimeSpan.Zero);
        return new JournalWitness(order, Enum.Parse<JournalState>(state), time);
    }

    private static ulong Sum(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
