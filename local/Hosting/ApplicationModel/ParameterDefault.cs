namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where a parameter's value comes from when the configuration has none.</summary>
public abstract class ParameterDefault
{
    /// <summary>The value.</summary>
    public abstract string GetDefaultValue();
}
