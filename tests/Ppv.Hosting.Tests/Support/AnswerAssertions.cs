using System.Net;

namespace Ppv.Hosting.Tests;

internal static class AnswerAssertions
{
    /// <summary>The answer is exactly what the voice platform expects: status, type, bytes; and the header says what is known.</summary>
    public static async Task ShouldSayAsync(
        this HttpResponseMessage response, string code, string outcome, HttpStatusCode status = HttpStatusCode.OK)
    {
        var body = await response.Content.ReadAsStringAsync();
        body.ShouldBe($$"""{"callresult":"{{code}}"}""");
        response.StatusCode.ShouldBe(status);
        response.Content.Headers.GetValues("Content-Type").Single().ShouldBe("application/json");
        response.Header("X-Ppv-Outcome").ShouldBe(outcome);
        response.Header("X-Ppv-Order-Id").ShouldNotBeNullOrEmpty();
        if (code == "ER996") response.Header("X-Ppv-Attempt").ShouldBe("NotExecuted", "the gateway itself has turned it away");
        if (code is "ER995" or "OK") response.Header("X-Ppv-Attempt").ShouldBeNull("it went on to the queue");
        if (outcome == "Completed") response.Header("X-Ppv-Reason").ShouldBeNull();
        else response.Header("X-Ppv-Reason").ShouldNotBeNullOrEmpty();
    }

    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
