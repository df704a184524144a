using Microsoft.Extensions.Logging;
using Ppv.Rpc.Server.Leadership;

namespace Ppv.Rpc.Tests.Server;

/// <summary>Who starts for the first time, on a broker that knows nobody, has nothing to fear.</summary>
public sealed class FirstStartTests
{
    [Theory]
    [InlineData(false, LogLevel.Information, "where no leader has left a record: it is the first one")]
    [InlineData(true, LogLevel.Warning, "Another one may have led it last")]
    public async Task Only_a_leader_that_is_known_to_have_been_there_is_a_warning(bool wasThere, LogLevel level, string told)
    {
        await using var server = new AloneServer();
        if (wasThere) server.FindNote("somebody else", LeaderRecordState.Active, standsFor: TimeSpan.Zero);
        await server.StartAsync();
        await server.PassUntilAsync(
            () => server.Log.Entries.Any(entry => entry.Message.Contains(told, StringComparison.Ordinal)), "the word about it", 25);
        server.Log.Entries.Where(entry => entry.Message.Contains("leads queue", StringComparison.Ordinal))
            .ShouldHaveSingleItem().Level.ShouldBe(level);
    }
}
