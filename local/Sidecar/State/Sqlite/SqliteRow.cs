using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Microsoft.Data.Sqlite;

namespace McpAspire.Sidecar.State.Sqlite;

/// <summary>How a value stands in its row: JSON as it is, anything else in base64, with a mark.</summary>
internal static class SqliteRow
{
    /// <summary>What is read as JSON may still hold bytes that are no text, which a column of text would lose.</summary>
    public static (string Text, bool IsBinary) Of(byte[] value)
        => Utf8.IsValid(value) && StoredJson.IsJson(value) ? (Encoding.UTF8.GetString(value), false) : (Convert.ToBase64String(value), true);

    /// <summary>Of the columns value, is_binary, etag and expiration_time.</summary>
    public static StateItem Read(SqliteDataReader row)
    {
        var text = row.GetString(0);
        DateTimeOffset? expires = row.IsDBNull(3) ? null : DateTimeOffset.Parse(row.GetString(3), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return new StateItem(row.GetBoolean(1) ? Convert.FromBase64String(text) : Encoding.UTF8.GetBytes(text), row.GetString(2), expires);
    }

    /// <summary>In seconds; null or less than one: for ever.</summary>
    public static int? TimeToLive(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        const string Prefix = "error parsing TTL: incorrect value for metadata 'ttlInSeconds': ";
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            throw new StateException(StateProblem.Other, $"{Prefix}strconv.ParseInt: parsing \"{text}\": invalid syntax");
        }

        return seconds is >= -1 and <= int.MaxValue ? (int)seconds : throw new StateException(StateProblem.Other, Prefix + "must be -1 or greater");
    }
}
