using System.Reflection;
using Ppv.Protocol;
using Ppv.TestKit;

namespace Ppv.Hosting.Tests;

/// <summary>docs/operations.md says of every code, journal state and check what it means and what to do.</summary>
public class OperationsDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(RepositoryPaths.PathTo("docs", "operations.md"));

    [Fact]
    public void Every_code_has_its_row()
    {
        var codes = typeof(ResultCodes).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(code => (string)code.GetRawConstantValue()!).ToList();
        codes.Count.ShouldBeGreaterThan(4);
        codes.Where(code => !Lines.Any(line => line.StartsWith($"| `{code}` |", StringComparison.Ordinal) && line.Split(" | ").Length == 5))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_state_of_the_journal_has_its_row() =>
        Enum.GetNames<JournalState>().Where(state => !Lines.Any(
            line =>
                line.StartsWith("| `", StringComparison.Ordinal) && line.Contains($"`{state}`", StringComparison.Ordinal))).ShouldBeEmpty();

    [Fact]
    public void Every_check_has_its_rows() =>
        ((string[])["ppv", JournalCheck.Name, WizardCheck.Name]).Where(check => !Lines.Any(
            line => line.StartsWith($"| `{check}` |", StringComparison.Ordinal))).ShouldBeEmpty();
}
