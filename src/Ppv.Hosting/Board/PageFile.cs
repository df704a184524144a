namespace Ppv.Hosting.Board;

/// <summary>A file of the page.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">What is in it.</param>
/// <param name="ContentType">What that is.</param>
/// <param name="ETag">What tells one version of it from another.</param>
internal sealed record PageFile(string Name, byte[] Content, string ContentType, string ETag);
