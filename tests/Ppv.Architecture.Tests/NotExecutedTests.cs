using System.Text.RegularExpressions;
using Ppv.TestKit;

namespace Ppv.Architecture.Tests;

/// <summary>"Not executed" is a promise: few places may make it, and each has a proof at hand.</summary>
public sealed partial class NotExecutedTests
{
    private static readonly Dictionary<string, int> Makers = new()
    {
        ["Ppv.Rpc/Messages/NotSent.cs"] = 1, // With a NewId.
        ["Ppv.Rpc/Brokers/RabbitMq/MessageMapping.cs"] = 1, // As it was received.
        ["Ppv.Hosting/Worker/OrderAnswer.cs"] = 2, // As it is on record.
        ["Ppv.Rpc/Orders/Purchases.cs"] = 4, // No confirm was sent under the key, or the worker has it on record.
    };

    [Fact]
    public void Only_these_places_say_that_something_was_not_executed() =>
        SourceFile.Below(RepositoryPaths.PathTo("src"))
            .Select(file => (file.Path, Count: file.Text.Split('\n').Count(line => !Comment().IsMatch(line) && Said().IsMatch(line))))
            .Where(file => file.Count > 0)
            .ToDictionary(file => file.Path, file => file.Count)
            .ShouldBe(Makers, ignoreOrder: true);

    [GeneratedRegex(@"^\s*//")]
    private static partial Regex Comment();

    /// <summary>As a value; it is not one in a comparison, a pattern or a name.</summary>
    [GeneratedRegex(@"(?<!(Outcome: |Outcome == |nameof\())RpcOutcome\.NotExecuted(?! =>)")]
    private static partial Regex Said();
}
