using Ppv.Samples.Cli;

var console = CliConsole.Create(Console.Out, Console.IsOutputRedirected);
return await new CliApplication(console, Console.Error, TimeProvider.System).RunAsync(args);
