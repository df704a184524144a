using System.Security.Cryptography;

namespace Ppv.Hosting;

/// <summary>The files of the board's page, which are in this assembly.</summary>
internal static class PageFiles
{
    /// <summary>The page itself.</summary>
    public const string Page = "board.html";

    private static readonly Dictionary<string, PageFile> Files = new PageFile[]
    {
        Read(Page, "text/html; charset=utf-8"),
        Read("board.css", "text/css; charset=utf-8"),
        Read("board.js", "text/javascript; charset=utf-8"),
        Read("board.svg", "image/svg+xml"),
    }.ToDictionary(file => file.Name, StringComparer.Ordinal);

    public static PageFile? Find(string name) => Files.GetValueOrDefault(name);

    private static PageFile Read(string name, string contentType)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream($"Ppv.Hosting.Dashboard.Page.{name}")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new PageFile(name, content, contentType, $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\"");
    }
}

/// <summary>A file of the page.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">What is in it.</param>
/// <param name="ContentType">What that is.</param>
/// <param name="ETag">What tells one version of it from another.</param>
internal sealed record PageFile(string Name, byte[] Content, string ContentType, string ETag);
