using System.Buffers;
using BenchmarkDotNet.Attributes;
using Ppv.Protocol;
using Ppv.Protocol.Wizard.Codec;

namespace Ppv.Benchmarks.Protocol;

/// <summary>Wizard's wire format: a request written, an answer read whole and in two pieces.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private static readonly LineNumber Line = new(16);
    private static readonly PpvCommand Command = PpvCommand.Event("262193");
    private readonly ArrayBufferWriter<byte> _output = new(64);
    private readonly ReadOnlySequence<byte> _whole = new("H016OK\r"u8.ToArray());
    private ReadOnlySequence<byte> _split;

    [GlobalSetup]
    public void Setup()
    {
        var first = new Segment("H01"u8.ToArray(), null);
        var second = new Segment("6OK\r"u8.ToArray(), first);
        _split = new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length);
    }

    [Benchmark]
    public int WriteRequest()
    {
        _output.ResetWrittenCount();
        RequestWriter.Write(_output, Line, Command);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int ReadWholeReply() => (int)ReplyReader.Read(_whole, Line, out _, out _);

    [Benchmark]
    public int ReadSplitReply() => (int)ReplyReader.Read(_split, Line, out _, out _);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
