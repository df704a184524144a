using Ppv.Protocol;

namespace Ppv.Testing.Wizard;

/// <summary>What Wizard remembers for each line, and what it books.</summary>
internal sealed class SimulatedLines(LineRange lines, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<LineNumber, (string? Event, string? Subscriber)> _remembered = [];

    public RecordList<WizardPurchase> Purchases { get; } = new();

    /// <summary>Executes a command: the text of the answer, and what was booked.</summary>
    public (string Text, WizardPurchase? Purchase) Execute(LineNumber line, PpvCommand? command)
    {
        if (command is null) return (WizardSimulator.NotUnderstood, null);
        if (!lines.Contains(line)) return (WizardSimulator.UnknownLine, null);
        lock (_lock)
        {
            var (eventNumber, subscriber) = _remembered.GetValueOrDefault(line);
            switch (command.Kind)
            {
                case PpvCommandKind.Event:
                    _remembered[line] = (command.Value, subscriber);
                    return (ResultCodes.Ok, null);
                case PpvCommandKind.Subscriber:
                    _remembered[line] = (eventNumber, command.Value);
                    return (ResultCodes.Ok, null);
                default:
                    if (eventNumber is null || subscriber is null) return (WizardSimulator.NothingToBook, null);
                    var purchase = new WizardPurchase(line, eventNumber, subscriber, timeProvider.GetUtcNow());
                    Purchases.Add(purchase);
                    return (ResultCodes.Ok, purchase);
            }
        }
    }
}
