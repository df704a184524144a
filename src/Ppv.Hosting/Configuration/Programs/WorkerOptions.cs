using Microsoft.Extensions.Options;
using Ppv.Protocol;
using Ppv.Protocol.Validation;

namespace Ppv.Hosting;

/// <summary>Which of Wizard's lines a worker uses, and what it says when Wizard says nothing. Section <c>Ppv:Server</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>
    /// The first line, 1..999. Default 1. Legacy key <c>start_port_number</c>; where an old file says other than 1,
    /// <see cref="LineAllocation.Modulo"/> counts from 1 nevertheless, as the old worker does (contract §3).
    /// </summary>
    [InRange(LineNumber.Min, LineNumber.Max)]
    public int FirstLine { get; set; } = 1;

    /// <summary>
    /// The last line, <see cref="FirstLine"/>..999, itself included. Default 29. Legacy key <c>end_port_number</c>, which is one more
    /// (contract §3).
    /// </summary>
    [InRange(LineNumber.Min, LineNumber.Max)]
    public int LastLine { get; set; } = 29;

    /// <summary>
    /// The line for orders without <c>connid</c>: 1..999, not one of <see cref="FirstLine"/>..<see cref="LastLine"/>, where calls would be
    /// disturbed. Default <see langword="null"/>: such orders are refused. All of them share this line, so two callers at once can corrupt
    /// each other (contract §4): a confirm is let through when EV and EN were answered OK there since the last confirm, but nobody can tell
    /// whose they were.
    /// </summary>
    [InRange(LineNumber.Min, LineNumber.Max)]
    public int? NoConnIdLine { get; set; }

    /// <summary>How a call gets its line. Default <see cref="Hosting.LineAllocation.Leased"/>.</summary>
    [Defined]
    public LineAllocation LineAllocation { get; set; } = LineAllocation.Leased;

    /// <summary>
    /// A call that sent no command for this long loses its line and starts over: <see cref="LeaseReclaim"/>..1 h. Default 5 min. For as
    /// long, a repeated confirm is answered from memory.
    /// </summary>
    [InRange("00:00:01", "01:00:00")]
    public TimeSpan LeaseIdle { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A call that sent no command for this long gives its line to a call that has none when no other is free: 1 s..1 h. Default 30 s. It
    /// is also how long after its last command a call finds its line again when the worker was restarted.
    /// </summary>
    [InRange("00:00:01", "01:00:00")]
    public TimeSpan LeaseReclaim { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A call gives its line to one that has none this long after it got it, whatever it sends, when no other line is free: 1 min..1 day.
    /// Default 10 min, longer than anybody needs from the first command to the confirm. A worker that was started again counts anew.
    /// </summary>
    [InRange("00:01:00", "1.00:00:00")]
    public TimeSpan LeaseLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How many commands may wait for a line, 1..10,000; more are told at once that nothing was executed. Default <see langword="null"/>:
    /// half of <c>Ppv:Rpc:Prefetch</c>, so that the commands of calls which have a line find room. Not for the old formula.
    /// </summary>
    [InRange(1, 10_000)]
    public int? MaxWaitingCommands { get; set; }

    /// <summary>
    /// Nobody gets a line for this long after a command on it was not answered, because Wizard may still execute it: 1 s..1 h. Default 60
    /// s. Below <see cref="LeaseReclaim"/> it is also the age up to which a worker that was started again takes up a call where it was.
    /// </summary>
    [InRange("00:00:01", "01:00:00")]
    public TimeSpan LineRest { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Nobody gets a line for this long after a worker took the queue over from another one that left nothing behind, because it died: 0
    /// s..1 h. Default 0. Nobody knows on which lines commands of that one are unanswered, so set it as <see cref="LineRest"/> where Wizard
    /// may still execute what it got more than <c>Ppv:Rpc:TakeoverGrace</c> before. Calls then wait for so long after a worker's death.
    /// It has no effect with independent brokers, where workers leave each other no word.
    /// </summary>
    [InRange("00:00:00", "01:00:00")]
    public TimeSpan TakeoverRest { get; set; }

    /// <summary>
    /// What Wizard must have answered with OK before a call's confirm is sent. Default <see cref="ConfirmPrerequisites.Both"/>; with less,
    /// a confirm may buy what the call before left on the line. Only for leased lines.
    /// </summary>
    [Defined]
    public ConfirmPrerequisites RequiredBeforeConfirm { get; set; } = ConfirmPrerequisites.Both;

    /// <summary>
    /// The order journal: <c>Ppv:Server:Journal</c>. By default the file <c>ppv-orders.db</c> in the program's folder, for 30 days; a
    /// relative path is taken from there.
    /// </summary>
    [ValidateObjectMembers]
    public JournalOptions Journal { get; set; } = new() { Path = "ppv-orders.db" };

    /// <summary>
    /// The code when Wizard could not be reached, did not answer, or was not asked in time: 1 to 64 printable ASCII characters without
    /// quotes. Default <c>ER444</c>. Legacy key <c>wizard_time_out_err_code</c>.
    /// </summary>
    [Code]
    public string WizardUnavailableCode { get; set; } = ResultCodes.WizardUnavailable;

    /// <summary>
    /// The code when the order on the queue is invalid: 1 to 64 printable ASCII characters without quotes. Default <c>ER998</c>. Legacy key
    /// <c>wizard_invalid_req_from_gvp_err_code</c>.
    /// </summary>
    [Code]
    public string InvalidOrderCode { get; set; } = ResultCodes.InvalidOrder;
}
