using System.Text.Json;
using McpAspire.IdentityProvider.Endpoints;

namespace McpAspire.IdentityProvider.Registration;

/// <summary>Refuses metadata with members that nobody knows, and says where, as Keycloak's JSON reader does.</summary>
internal static class UnknownMember
{
    public static void Refuse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (!ClientMetadata.IsKnown(name))
            {
                var (line, column) = Position(json, (int)reader.TokenStartIndex);
                throw new OAuthException(
                    400, $"Invalid json representation for OIDCClientRepresentation. Unrecognized field \"{name}\" at line {line} column {column}.", null);
            }

            reader.Skip();
        }
    }

    /// <summary>Where the reader stands when it meets a value: behind its first character, counted from one.</summary>
    private static (int Line, int Column) Position(ReadOnlySpan<byte> json, int start)
    {
        var before = json[..start];
        return (before.Count((byte)'\n') + 1, start - before.LastIndexOf((byte)'\n') + 1);
    }
}
