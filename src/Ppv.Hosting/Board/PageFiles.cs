using System.Security.Cryptography;

namespace Ppv.Hosting.Board;

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
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream($"Ppv.Hosting.Board.Page.{name}")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new PageFile(name, content, contentType, $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\"");
    }
}
