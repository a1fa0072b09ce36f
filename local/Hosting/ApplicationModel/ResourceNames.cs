namespace Aspire.Hosting.ApplicationModel;

internal static class ResourceNames
{
    public static void Validate(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);

        var valid = name.Length <= 64
            && char.IsAsciiLetter(name[0])
            && name[^1] != '-'
            && !name.Contains("--", StringComparison.Ordinal)
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        if (!valid)
        {
            throw new ArgumentException(
                $"Resource name '{name}' is invalid: it starts with a letter, holds letters, digits and single hyphens, does not end with a hyphen, and has at most 64 characters.",
                nameof(name));
        }
    }
}
