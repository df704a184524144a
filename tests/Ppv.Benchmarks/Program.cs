using BenchmarkDotNet.Running;
using Ppv.Benchmarks.Boards;
using Ppv.Benchmarks.Comparison;
using Ppv.Benchmarks.EndToEnd;
using Ppv.Benchmarks.Startup;

// compare: RpcClient and RpcServer beside a hand-written loop on the same broker. compare-queues: a durable queue with persistent orders
// beside a transient one. board: what the line board costs. start: from process start to ready. orders, lines,
// memory: whole orders through gateway, worker and Wizard. Anything else goes to BenchmarkDotNet.
if (args is ["compare", .. var rest]) return await ComparisonProgram.RunAsync(rest);
if (args is ["compare-queues", .. var others]) return await ComparisonProgram.RunAsync(others, queues: true);
if (args is ["board", .. var board]) return await BoardCost.RunAsync(board);
if (args is ["start", .. var start]) return await StartProgram.RunAsync(start);
if (args is ["orders", .. var orders]) return await OrdersProgram.RunAsync(orders);
if (args is ["lines", .. var lines]) return await LinesProgram.RunAsync(lines);
if (args is ["memory", .. var memory]) return await MemoryProgram.RunAsync(memory);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
