namespace Ppv.Fuzz.Engine;

/// <summary>A place that takes bytes from strangers.</summary>
/// <param name="Name">Its name, and that of its folder in the corpus.</param>
/// <param name="Dictionary">Pieces that mean something there.</param>
/// <param name="Run">
/// Works on one input. It throws <see cref="BrokenPromiseException"/> where a promise does not hold, and anything else only where the code
/// under test does.
/// </param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<string> Dictionary, Func<byte[], Watch, Task> Run) : IAsyncDisposable
{
    /// <summary>The longest input, in bytes.</summary>
    public int MaxLength { get; init; } = 4096;

    /// <summary>What an input may allocate whatever its length is, in bytes.</summary>
    public long FreeBytes { get; init; } = 64 * 1024;

    /// <summary>What it may allocate beside that for each byte of its own.</summary>
    public int BytesPerByte { get; init; } = 256;

    /// <summary>
    /// Whether chance, or what an earlier input has left behind, may look like a finding: then it counts only when the input does it again
    /// and again.
    /// </summary>
    public bool MustRepeat { get; init; }

    /// <summary>What is to be closed after the last input.</summary>
    public IAsyncDisposable? Owned { get; init; }

    /// <summary>A target whose work is done when the call returns.</summary>
    public static FuzzTarget Of(string name, IReadOnlyList<string> dictionary, Action<byte[], Watch> run) => new(
        name, dictionary, (input, watch) =>
        {
            run(input, watch);
            return Task.CompletedTask;
        });

    public ValueTask DisposeAsync() => Owned?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>The code under test did what it must not do.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
