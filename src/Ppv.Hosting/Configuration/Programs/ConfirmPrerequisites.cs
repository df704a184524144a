namespace Ppv.Hosting;

/// <summary>The commands of a call that Wizard answered with OK, or that it must have answered so before a confirm.</summary>
[Flags]
public enum ConfirmPrerequisites
{
    /// <summary>No command.</summary>
    None = 0,

    /// <summary><c>EV</c>: the number of the event.</summary>
    Event = 1,

    /// <summary><c>EN</c>: the number of the subscriber.</summary>
    Subscriber = 2,

    /// <summary><c>EV</c> and <c>EN</c>.</summary>
    Both = Event | Subscriber,
}
