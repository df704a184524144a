namespace Ppv.Hosting.Running;

/// <summary>What a program can be called to do.</summary>
internal enum HostCommandKind
{
    /// <summary>To run.</summary>
    Run,

    /// <summary>To say what would be wrong.</summary>
    Check,

    /// <summary>To ask the one that runs how it is.</summary>
    Health,

    /// <summary>Something that can't be meant.</summary>
    Misplaced,
}
