using System.Text;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Secrets;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.State.Sqlite;
using McpAspire.Sidecar.Tests.Rig;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpAspire.Sidecar.Tests.State.Sqlite;

/// <summary>A store in a file of its own, and the file as others see it.</summary>
public abstract class SqliteStoreRig : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private protected static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private protected string File => _folder.PathOf("db.sqlite");

    private protected TemporaryFolder Folder => _folder;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static EmbeddedHost Host() => new(new SidecarOptions { AppId = "app" }, TimeProvider.System, NullLoggerFactory.Instance);

    private protected static SqliteStateStore CreateAt(string place) => SqliteStateStore.Create(Settings([("connectionString", place)]), Host(), []);

    private protected SqliteStateStore Create(params (string Name, string Value)[] metadata) => SqliteStateStore.Create(Settings([("connectionString", File), .. metadata]), Host(), []);

    private protected static ComponentSettings Settings((string Name, string Value)[] metadata)
    {
        var position = new Position("store.yaml", 1);
        var component = new ComponentResource("store", "state.sqlite", "v1", null, [], [.. metadata.Select(value => new MetadataValue(value.Name, value.Value, null, null, position))], false, position);
        return new ComponentSettings(component, new ValueResolver(new Dictionary<string, ISecretStore>(), new SidecarOptions { AppId = "app" }, _ => null));
    }

    private protected static async Task SetAsync(SqliteStateStore store, string key, string value)
        => await store.ChangeEachAsync([new StateChange(key, Encoding.UTF8.GetBytes(value))], Stopping);

    private protected static async Task<string?> GetAsync(SqliteStateStore store, string key)
        => await store.GetAsync(new StateRead(key), Stopping) is { } item ? Encoding.UTF8.GetString(item.Value) : null;

    private protected SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private protected void Run(string statement)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    private protected string[] Read(string query)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return [.. rows];
    }
}
