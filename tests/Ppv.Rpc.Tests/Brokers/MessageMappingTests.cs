using System.Text;
using Ppv.Rpc.Brokers;
using Ppv.Rpc.Brokers.RabbitMq;
using Ppv.Rpc.Messages;
using RabbitMQ.Client;

namespace Ppv.Rpc.Tests.Brokers;

public class MessageMappingTests
{
    [Fact]
    public void Nothing_is_set_that_the_message_does_not_have()
    {
        var properties = MessageMapping.ToProperties(new BrokerMessage { Body = "OK\r"u8.ToArray(), CorrelationId = "c" });

        properties.CorrelationId.ShouldBe("c");
        properties.IsHeadersPresent().ShouldBeFalse();
        properties.IsMessageIdPresent().ShouldBeFalse();
        properties.IsContentTypePresent().ShouldBeFalse();
        properties.IsExpirationPresent().ShouldBeFalse();
        properties.IsReplyToPresent().ShouldBeFalse();
        properties.IsDeliveryModePresent().ShouldBeFalse();
    }

    [Fact]
    public void A_persistent_message_has_delivery_mode_2() =>
        MessageMapping.ToProperties(
            new BrokerMessage { Body = default, IsPersistent = true }).DeliveryMode.ShouldBe(DeliveryModes.Persistent);

    [Theory]
    [InlineData(30_000, "30000")]
    [InlineData(0.2, "1")]
    [InlineData(1_234.9, "1234")]
    [InlineData(-1, "1")]
    [InlineData(600_000, "600000")]
    [InlineData(600_001, "600000")]
    [InlineData(4_320_000_000, "600000")] // 50 days: a broker closes the connection for it.
    public void Expiration_is_whole_milliseconds_and_at_least_one_and_ten_minutes_at_most(double milliseconds, string expected) =>
        MessageMapping.ToProperties(
            new BrokerMessage { Body = default, Expiration = TimeSpan.FromMilliseconds(milliseconds) }).Expiration.ShouldBe(expected);

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void What_strangers_write_is_passed_on_as_far_as_it_fits_into_a_frame(int length, bool isPassedOn) =>
        MessageMapping.ToProperties(new BrokerMessage { Body = default, TraceParent = "00-1-2-01", TraceState = new string('x', length) })
            .Headers!.ContainsKey(MessageMapping.TraceStateHeader).ShouldBe(isPassedOn);

    [Fact]
    public void A_long_reason_is_cut_off() =>
        ((string)MessageMapping.ToProperties(new BrokerMessage { Body = default, Reason = new string('x', 5_000) })
            .Headers![MessageMapping.ReasonHeader]!).Length.ShouldBe(1_000);

    [Fact]
    public void Headers_come_back_as_they_went_with_text_as_the_wire_has_it()
    {
        var deadline = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);
        var properties = MessageMapping.ToProperties(
            new BrokerMessage { Body = default, Deadline = deadline, Outcome = RpcOutcome.Unknown, Reason = "Why." });
        foreach (var (name, value) in properties.Headers!.ToList())
        {
            if (value is string text) properties.Headers![name] = Encoding.UTF8.GetBytes(text);
        }

        var message = MessageMapping.ToMessage(properties, "x"u8.ToArray());

        message.Deadline.ShouldBe(deadline);
        message.Outcome.ShouldBe(RpcOutcome.Unknown);
        message.Reason.ShouldBe("Why.");
    }

    public static TheoryData<string, bool?, long?> Histories => new()
    {
        { "new", null, null },
        { "possible", null, 1_790_000_000_123 },
        { "repeat", true, null },
        { "repeat since", true, 1_790_000_000_123 },
    };

    private static IdHistory History(string name) => name switch
    {
        "new" => IdHistory.New,
        "possible" => IdHistory.PossibleSince(DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123)),
        "repeat" => IdHistory.Repeat,
        _ => IdHistory.RepeatSince(DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123)),
    };

    [Theory]
    [MemberData(nameof(Histories))]
    public void What_is_known_of_an_id_is_a_mark_and_a_moment(string name, bool? mark, long? since)
    {
        var properties = MessageMapping.ToProperties(new BrokerMessage { Body = default, History = History(name) });
        Header(properties, "x-ppv-possible-duplicate").ShouldBe(mark);
        Header(properties, "x-ppv-id-since").ShouldBe(since);
        MessageMapping.ToMessage(properties, default).History.ShouldBe(History(name));
    }

    [Fact]
    public void A_moment_between_milliseconds_travels_as_the_one_before() =>
        MessageMapping.ToMessage(
            MessageMapping.ToProperties(new BrokerMessage
            {
                Body = default, History = IdHistory.PossibleSince(DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123).AddTicks(
                    9_999)),
            }), default).History.ShouldBe(History("possible"));

    [Fact]
    public void A_moment_that_no_header_can_hold_is_none_and_the_id_a_repeat()
    {
        foreach (var early in new[] { DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch.AddMilliseconds(-1) })
        {
            MessageMapping.ToMessage(
                MessageMapping.ToProperties(new BrokerMessage { Body = default, History = IdHistory.PossibleSince(early) }), default)
                .History.ShouldBe(IdHistory.Repeat);
        }
    }

    [Theory]
    [MemberData(nameof(Strange))]
    public void A_mark_or_a_moment_that_cannot_be_read_is_never_taken_for_new(object value)
    {
        Read((MessageMapping.IdSinceHeader, value)).History.ShouldBe(IdHistory.Repeat);
        Read((MessageMapping.PossibleDuplicateHeader, value)).History.ShouldBe(IdHistory.Repeat);
        Read((MessageMapping.PossibleDuplicateHeader, value), (MessageMapping.IdSinceHeader, 5L)).History
            .ShouldBe(IdHistory.RepeatSince(DateTimeOffset.FromUnixTimeMilliseconds(5)));
        Read((MessageMapping.PossibleDuplicateHeader, false), (MessageMapping.IdSinceHeader, value)).History.ShouldBe(IdHistory.Repeat);
    }

    [Fact]
    public void A_mark_that_says_no_is_none()
    {
        Read((MessageMapping.PossibleDuplicateHeader, false)).History.ShouldBe(IdHistory.New);
        Read((MessageMapping.PossibleDuplicateHeader, false), (MessageMapping.IdSinceHeader, 5L)).History
            .ShouldBe(IdHistory.PossibleSince(DateTimeOffset.FromUnixTimeMilliseconds(5)));
        Read().History.ShouldBe(IdHistory.New);
    }

    [Theory]
    [InlineData("s")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public void A_subject_comes_as_it_went(string subject)
    {
        MessageMapping.ToProperties(new BrokerMessage { Body = default, Subject = subject }).Headers!["x-ppv-subject"].ShouldBe(subject);
        Read((MessageMapping.SubjectHeader, Encoding.UTF8.GetBytes(subject))).Subject.ShouldBe(subject);
        Read().Subject.ShouldBeNull();
    }

    [Fact]
    public void A_subject_that_is_none_is_another_one_than_any_other_and_as_short()
    {
        string[] strange = ["", "two words", "a\nb", "ä", new string('s', 129), new string('s', 100_000)];
        var read = strange.Select(text => Read((MessageMapping.SubjectHeader, Encoding.UTF8.GetBytes(text))).Subject!).ToList();
        read.Distinct().Count().ShouldBe(strange.Length);
        read.ShouldAllBe(subject => subject.Length == 64 && subject.All(char.IsAsciiHexDigitLower));
        foreach (var value in new object?[] { 1L, true, "text", null, new List<object>() })
            Read((MessageMapping.SubjectHeader, value)).Subject.ShouldBe("?");
    }

    [Theory]
    [InlineData(PriorUse.None, null)]
    [InlineData(PriorUse.Same, "same")]
    [InlineData(PriorUse.Other, "other")]
    internal void What_a_worker_had_on_record_comes_as_it_went(PriorUse prior, string? header)
    {
        Header(MessageMapping.ToProperties(new BrokerMessage { Body = default, Prior = prior }), "x-ppv-prior").ShouldBe(header);
        Read([.. header is null ? Array.Empty<(string, object?)>() : [(MessageMapping.PriorHeader, Encoding.UTF8.GetBytes(header))]])
            .Prior.ShouldBe(prior);
    }

    [Theory]
    [MemberData(nameof(Strange))]
    public void A_worker_that_says_something_of_the_id_has_had_it(object value) =>
        Read((MessageMapping.PriorHeader, value)).Prior.ShouldBe(PriorUse.Same);

    private static object? Header(BasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value) ? value : null;

    private static BrokerMessage Read(params (string Name, object? Value)[] headers) => MessageMapping.ToMessage(
        new BasicProperties { Headers = headers.ToDictionary(header => header.Name, header => header.Value) }, default);

    public static TheoryData<object> Strange =>
        [-1L, long.MaxValue, 1.5, true, "text", new byte[] { 0xFF, 0xFE }, new List<object> { 1 }, new Dictionary<string, object>()];

    [Theory]
    [MemberData(nameof(Strange))]
    public void Strangers_headers_count_as_absent(object value)
    {
        var properties = new BasicProperties
        {
            Headers = new Dictionary<string, object?>
            {
                [MessageMapping.DeadlineHeader] = value,
                [MessageMapping.OutcomeHeader] = value,
            },
        };

        var message = MessageMapping.ToMessage(properties, default);

        message.Deadline.ShouldBeNull();
        message.Outcome.ShouldBeNull();
    }

    [Theory]
    [InlineData("completed")]
    [InlineData("1")]
    [InlineData("Completed, Unknown")]
    public void An_outcome_that_is_none_counts_as_absent(string text)
    {
        var properties = new BasicProperties
        {
            Headers = new Dictionary<string,
            object?> { [MessageMapping.OutcomeHeader] = Encoding.UTF8.GetBytes(text) },
        };

        MessageMapping.ToMessage(properties, default).Outcome.ShouldBeNull();
    }

    [Fact]
    public void Texts_of_strangers_come_as_one_line_that_can_be_shown()
    {
        var message = MessageMapping.ToMessage(
            new BasicProperties
            {
                Type = "a\nb\u001b",
                CorrelationId = "c\n",
                Headers = new Dictionary<string, object?> { ["x-ppv-reason"] = Encoding.UTF8.GetBytes("No.\r\nCRITICAL \u202e\u001b[2J") },
            }, default);

        (message.Type, message.Reason).ShouldBe(("a b?", "No. CRITICAL ??[2J"));
        message.CorrelationId.ShouldBe("c\n", "Its sender gets it back as it came.");
    }

    [Fact]
    public void And_none_is_longer_than_ours()
    {
        var text = Encoding.UTF8.GetBytes(new string('x', 100_000));
        Read((MessageMapping.ReasonHeader, text)).Reason!.Length.ShouldBeLessThan(1_010);
        Read((MessageMapping.TraceParentHeader, text)).TraceParent.ShouldBeNull();
        Read((MessageMapping.TraceStateHeader, text)).TraceState.ShouldBeNull();
    }

    [Fact]
    public void The_body_is_a_copy()
    {
        var body = "OK"u8.ToArray();
        var message = MessageMapping.ToMessage(new BasicProperties(), body);
        body[0] = 0;

        message.Body.Span[0].ShouldBe((byte)'O');
    }
}
