using BenchmarkDotNet.Attributes;
using Ppv.Protocol;

namespace Ppv.Benchmarks.Protocol;

/// <summary>Orders as they stand in HTTP bodies and in the queue, read and written.</summary>
[MemoryDiagnoser]
public class DialectBenchmarks
{
    private static readonly byte[] PythonBody = """{"content": "{'connid':'012703395c597610','EV':'262193'}"}"""u8.ToArray();
    private static readonly byte[] JsonBody = """{"content": {"connid": "012703395c597610", "EV": "262193"}}"""u8.ToArray();
    private static readonly byte[] PythonMessage = "{'connid': '012703395c597610', 'EV': '262193'}"u8.ToArray();
    private static readonly byte[] JsonMessage = """{"connid":"012703395c597610","EV":"262193"}"""u8.ToArray();
    private static readonly PpvOrder Order = PpvOrder.Event(ConnectionId.Parse("012703395c597610"), "262193");

    [Benchmark]
    public bool ReadPythonBody() => OrderJson.TryReadRequest(PythonBody, out _, out _);

    [Benchmark]
    public bool ReadJsonBody() => OrderJson.TryReadRequest(JsonBody, out _, out _);

    [Benchmark]
    public bool ReadPythonMessage() => OrderJson.TryRead(PythonMessage, out _, out _);

    [Benchmark]
    public bool ReadJsonMessage() => OrderJson.TryRead(JsonMessage, out _, out _);

    [Benchmark]
    public byte[] WriteMessage() => OrderJson.ToBytes(Order);
}
