using BenchmarkDotNet.Running;
using Ppv.Benchmarks.Comparison;

// compare: RpcClient and RpcServer beside a hand-written loop on the same broker. Anything else goes to BenchmarkDotNet.
if (args is ["compare", .. var rest]) return await ComparisonProgram.RunAsync(rest);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
