using BenchmarkDotNet.Running;
using Ppv.Benchmarks.Boards;
using Ppv.Benchmarks.Comparison;
using Ppv.Benchmarks.Cost;
using Ppv.Benchmarks.EndToEnd;
using Ppv.Benchmarks.Journals;
using Ppv.Benchmarks.Micro;
using Ppv.Benchmarks.Report;
using Ppv.Benchmarks.Scale;
using Ppv.Benchmarks.Startup;

// compare: RpcClient and RpcServer beside their peers on the same broker (peer: one of them, in its process).
// cost: what a call allocates.
// orders, lines: whole orders through gateway, worker and Wizard.
// journal: what it writes, and what it costs.
// memory: of gateway and worker, after many orders.
// start: from process start to ready.
// micro: codec, dialect, choice of a line, table of waiting calls.
// board: what the line board costs.
// scale: a day of many sites, simulated.
// report: the figures of all of them together.
// Anything else goes to BenchmarkDotNet.
if (args is ["compare", .. var compare]) return await ComparisonProgram.RunAsync(compare);
if (args is ["peer", .. var peer]) return await ComparisonProgram.HostAsync(peer);
if (args is ["cost", .. var cost]) return await CostProgram.RunAsync(cost);
if (args is ["orders", .. var orders]) return await OrdersProgram.RunAsync(orders);
if (args is ["lines", .. var lines]) return await LinesProgram.RunAsync(lines);
if (args is ["memory", .. var memory]) return await MemoryProgram.RunAsync(memory);
if (args is ["journal", .. var journal]) return await JournalCost.RunAsync(journal);
if (args is ["start", .. var start]) return await StartProgram.RunAsync(start);
if (args is ["micro", .. var micro]) return MicroProgram.Run(micro);
if (args is ["board", .. var board]) return await BoardCost.RunAsync(board);
if (args is ["scale", .. var scale]) return await ScaleProgram.RunAsync(scale);
if (args is ["report", .. var report]) return await ReportProgram.RunAsync(report);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
