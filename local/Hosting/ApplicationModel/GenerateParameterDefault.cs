using Aspire.Hosting.Parameters;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A random value with the wanted characters.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    /// <summary>The least length.</summary>
    public int MinLength { get; set; }

    /// <summary>Lower case letters are used.</summary>
    public bool Lower { get; set; } = true;

    /// <summary>Upper case letters are used.</summary>
    public bool Upper { get; set; } = true;

    /// <summary>Digits are used.</summary>
    public bool Numeric { get; set; } = true;

    /// <summary>Special characters are used.</summary>
    public bool Special { get; set; } = true;

    /// <summary>The least number of lower case letters.</summary>
    public int MinLower { get; set; }

    /// <summary>The least number of upper case letters.</summary>
    public int MinUpper { get; set; }

    /// <summary>The least number of digits.</summary>
    public int MinNumeric { get; set; }

    /// <summary>The least number of special characters.</summary>
    public int MinSpecial { get; set; }

    /// <inheritdoc />
    public override string GetDefaultValue() => RandomText.Generate(this);
}
