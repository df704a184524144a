using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ppv.Protocol.Text;

/// <summary>
/// Why something did not happen: what any caller may be told, and what only the log and the journal are told. What is told is made of words
/// in the source and of numbers, so that no host, address or path of an installation gets into it; those belong into the detail. Immutable.
/// </summary>
internal readonly record struct Reason
{
    private readonly string? _told;

    private Reason(string told, string? detail) => (_told, Detail) = (told, detail);

    /// <summary>What a caller is told, in full sentences.</summary>
    public string Told => _told ?? "";

    /// <summary>What the log says in its place; <see langword="null"/> when that is the same.</summary>
    public string? Detail { get; }

    /// <summary>What the log says.</summary>
    public string Logged => Detail ?? Told;

    /// <summary>Makes one.</summary>
    /// <param name="told">What a caller is told; the compiler takes nothing but a constant.</param>
    /// <param name="detail">What the log says in its place.</param>
    public static Reason Of([ConstantExpected] string told, string? detail = null) => new(told, detail);

    /// <inheritdoc cref="Of(string, string?)"/>
    /// <param name="told">What a caller is told; the compiler lets nothing but numbers and other reasons into it.</param>
    /// <param name="detail">What the log says in its place.</param>
    public static Reason Of(ref Words told, string? detail = null) => new(told.ToTold(), detail ?? told.ToDetail());

    /// <summary>
    /// What was made for a caller already: the words of a peer, of a record, or about the caller's own request. Never of an exception.
    /// </summary>
    public static Reason Said(string told, string? detail = null) => new(told, detail);

    /// <summary>The words of a reason.</summary>
    [InterpolatedStringHandler]
    public ref struct Words
    {
        private DefaultInterpolatedStringHandler _told, _logged;
        private bool _hasDetail;

        public Words(int literalLength, int formattedCount)
        {
            _told = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
            _logged = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
        }

        public void AppendLiteral(string text)
        {
            _told.AppendLiteral(text);
            _logged.AppendLiteral(text);
        }

        public void AppendFormatted(int number)
        {
            _told.AppendFormatted(number);
            _logged.AppendFormatted(number);
        }

        public void AppendFormatted(int number, string format)
        {
            _told.AppendFormatted(number, format);
            _logged.AppendFormatted(number, format);
        }

        public void AppendFormatted(double number, string format)
        {
            _told.AppendFormatted(number, format);
            _logged.AppendFormatted(number, format);
        }

        public void AppendFormatted(Reason reason)
        {
            _told.AppendLiteral(reason.Told);
            _logged.AppendLiteral(reason.Logged);
            _hasDetail |= reason.Detail is not null;
        }

        internal string ToTold() => _told.ToStringAndClear();

        internal string? ToDetail()
        {
            var logged = _logged.ToStringAndClear();
            return _hasDetail ? logged : null;
        }
    }
}
