using Ppv.Samples.Cli;
using Ppv.Samples.Cli.Running;

return await CliApplication.RunAsync(args, CliEnvironment.OfProcess());
