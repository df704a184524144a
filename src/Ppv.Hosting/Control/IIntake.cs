namespace Ppv.Hosting.Control;

/// <summary>Where a program takes orders in, for an operator to close and to open again. Safe for use by several threads.</summary>
internal interface IIntake
{
    /// <summary>Whose it is: <c>gateway</c> or <c>worker</c>.</summary>
    string Name { get; }

    /// <summary>Whether orders are taken.</summary>
    bool IsOpen { get; }

    /// <summary>How many orders are under way.</summary>
    int UnderWay { get; }

    /// <summary>Takes nothing more; completes when nothing is under way. Where it is closed already, waits for the same.</summary>
    Task CloseAsync();

    /// <summary>Takes orders again.</summary>
    void Open();
}
