namespace Ppv.Benchmarks.Scale;
internal static class ScalePage { public static void Write(Findings f) { } }
