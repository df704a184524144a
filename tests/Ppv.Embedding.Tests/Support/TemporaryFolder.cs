using Microsoft.Data.Sqlite;

namespace Ppv.Embedding.Tests.Support;

/// <summary>Where the shops of one test have their records.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ppv-shop-");

    public string File(string name = "shop.db") => Path.Combine(_folder.FullName, name);

    public void Dispose()
    {
        using (var connection = new SqliteConnection($"Data Source={File()}")) SqliteConnection.ClearPool(connection);
        _folder.Delete(recursive: true);
    }
}
