using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Ppv.Benchmarks.Calls;
using Ppv.Benchmarks.Lines;
using Ppv.Benchmarks.Protocol;
using Ppv.Benchmarks.Report;

namespace Ppv.Benchmarks.Micro;

/// <summary>The small benchmarks in a minute: short runs in this process. The codec's have bounds.</summary>
internal static class MicroProgram
{
    private const double MostNanoseconds = 50;
    private const int Iterations = 40;

    /// <summary>Until the runtime has compiled it for good, which it does beside.</summary>
    private const int WarmUps = 100;

    /// <summary>Short, so that many of them are not interrupted by what else the machine does.</summary>
    private static readonly TimeInterval Iteration = TimeInterval.FromMilliseconds(10);

    private static readonly Type[] Benchmarks =
        [typeof(CodecBenchmarks), typeof(DialectBenchmarks), typeof(LineBenchmarks), typeof(PendingBenchmarks)];

    public static int Run(string[] args)
    {
        var (json, _) = FigureReport.TakeJson(args);
        var artifacts = Directory.CreateTempSubdirectory("ppv-micro-");
        try
        {
            var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)
                .WithIterationTime(Iteration)
                .WithWarmupCount(WarmUps).WithIterationCount(Iterations);
            var config = ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddLogger(NullLogger.Instance)
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .WithArtifactsPath(artifacts.FullName).WithOptions(ConfigOptions.DisableLogFile);
            return FigureReport.Finish(
                "micro", [.. Benchmarks.SelectMany(type => BenchmarkRunner.Run(type, config).Reports).SelectMany(FiguresOf)], json);
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }

    private static IEnumerable<Figure> FiguresOf(BenchmarkReport report)
    {
        var descriptor = report.BenchmarkCase.Descriptor;
        var isCodec = descriptor.Type == typeof(CodecBenchmarks);
        var name = $"{descriptor.Type.Name.Replace("Benchmarks", "", StringComparison.Ordinal)}.{descriptor.WorkloadMethod.Name}";
        if (report.BenchmarkCase.HasParameters) name += $" ({report.BenchmarkCase.Parameters.DisplayInfo.Trim('[', ']')})";
        // One that failed has no figure, and no number keeps no bound.
        var time = report.ResultStatistics;
        yield return new Figure(
            $"{name}, time", Math.Round(time?.Q1 ?? double.NaN, 1), "ns", AtMost: isCodec ? MostNanoseconds : null,
            Detail: string.Create(CultureInfo.InvariantCulture, $"the first quartile; the median is {time?.Median:0}"));
        yield return new Figure(
            $"{name}, allocated", report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? double.NaN, "B",
            AtMost: isCodec ? 0 : null);
    }
}
