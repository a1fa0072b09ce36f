using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Parameters;

/// <summary>Text for generated secrets. Characters that are easily confused (l, I, O, 0, 1) are left out.</summary>
internal static class RandomText
{
    private const int BitsWanted = 128;
    private const string Lower = "abcdefghjkmnpqrstuvwxyz";
    private const string Upper = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string Numeric = "23456789";
    private const string Special = "-_.{}~()*+!";

    public static string Generate(GenerateParameterDefault rules)
    {
        (bool Used, int Least, string Characters)[] classes =
        [
            (rules.Lower, rules.MinLower, Lower),
            (rules.Upper, rules.MinUpper, Upper),
            (rules.Numeric, rules.MinNumeric, Numeric),
            (rules.Special, rules.MinSpecial, Special),
        ];

        var all = string.Concat(classes.Where(c => c.Used || c.Least > 0).Select(c => c.Characters));
        if (all.Length == 0)
        {
            throw new ArgumentException("A generated parameter needs at least one kind of character.");
        }

        var text = classes.SelectMany(c => RandomNumberGenerator.GetString(c.Characters, c.Least)).ToList();
        var length = rules.MinLength > 0 ? rules.MinLength : (int)Math.Ceiling(BitsWanted / Math.Log2(all.Length));
        if (text.Count < length)
        {
            text.AddRange(RandomNumberGenerator.GetString(all, length - text.Count));
        }

        var result = text.ToArray();
        RandomNumberGenerator.Shuffle<char>(result);
        return new string(result);
    }
}
