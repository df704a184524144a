namespace Ppv.Hosting.Worker.Lines;

/// <summary>How far a lease has come.</summary>
internal enum LeaseState
{
    /// <summary>It holds its line, and its confirm was not sent.</summary>
    Open,

    /// <summary>Its confirm may be on its way to Wizard. After a crash this means <see cref="Unknown"/>.</summary>
    Confirming,

    /// <summary>Its confirm was answered. It is over.</summary>
    Answered,

    /// <summary>Its confirm was not answered, and may have been executed. It is over.</summary>
    Unknown,

    /// <summary>Another command of it was not answered. It is over.</summary>
    Broken,
}
