using System.Security.Cryptography;
using System.Text;

namespace McpAspire.IdentityProvider.Realm;

/// <summary>
/// Ids for what the file gives no id: derived from the name, so that <c>sub</c> stays the same over restarts
/// without a database.
/// </summary>
internal static class StableId
{
    public static string For(string kind, string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"mcpaspire/{kind}/{name}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString();
    }
}
