using BenchmarkDotNet.Running;
using Ppv.Benchmarks.Boards;
using Ppv.Benchmarks.Comparison;
using Ppv.Benchmarks.Journals;

// compare: RpcClient and RpcServer beside a hand-written loop on the same broker. compare-queues: a durable queue with persistent orders
// beside a transient one. board: what the line board costs. journal: what the order journal costs. Anything else goes to BenchmarkDotNet.
if (args is ["compare", .. var rest]) return await ComparisonProgram.RunAsync(rest);
if (args is ["compare-queues", .. var others]) return await ComparisonProgram.RunAsync(others, queues: true);
if (args is ["board", .. var board]) return await BoardCost.RunAsync(board);
if (args is ["journal", .. var journal]) return await JournalCost.RunAsync(journal);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
