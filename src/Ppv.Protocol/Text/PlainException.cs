namespace Ppv.Protocol.Text;

/// <summary>
/// Stands in a log for an exception whose message is not fit for it, because it quotes somebody. It has the same stack, and the other one's
/// type and text as its message.
/// </summary>
internal sealed class PlainException : Exception
{
    private const int MaxLength = 4 * 1024, MaxDepth = 10, MaxTextLength = 64 * 1024;

    private readonly string? _stackTrace;

    private PlainException(Exception original, int depth)
        : base(
            $"{original.GetType()}: {PlainText.Of(original.Message, MaxLength)}",
            original.InnerException is { } inner && depth < MaxDepth ? new PlainException(inner, depth + 1) : null) =>
        _stackTrace = original.StackTrace;

    public override string? StackTrace => _stackTrace;

    /// <summary>The exception itself, where all that it says is fit.</summary>
    public static Exception? Of(Exception? exception) =>
        exception is null || IsPlain(exception) ? exception : new PlainException(exception, 0);

    /// <summary>
    /// All that an exception says, for a log of lines: its own first line, and then only lines that begin with a space, as those of a stack
    /// do. What a type of a library writes of itself may be anything.
    /// </summary>
    public static string TextOf(Exception exception)
    {
        var fit = Of(exception)!;
        var (text, type) = (fit.ToString(), fit.GetType().ToString());
        if (!text.StartsWith(type, StringComparison.Ordinal)) text = $"{type}: {text}";
        var lines = (text.Length > MaxTextLength ? text[..MaxTextLength] : text).ReplaceLineEndings("\n").Split('\n');
        return string.Join('\n', lines.Select(static (line, at) =>
            PlainText.Of(at > 0 && !line.StartsWith(' ') ? $"   {line}" : line)));
    }

    private static bool IsPlain(Exception exception)
    {
        var depth = 0;
        for (var each = exception; each is not null; each = each.InnerException)
        {
            if (each.Message.Length > MaxLength || !PlainText.IsPlain(each.Message) || ++depth > MaxDepth) return false;
        }

        return true;
    }
}
