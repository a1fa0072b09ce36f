using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>Asks every parameter for its value before anything starts, so that all that are missing are named at once.</summary>
internal sealed class ParameterResolution(ResourceNotificationService notifications, SecretMask mask)
{
    private const string ValueProperty = "Value";

    public async Task ResolveAsync(IEnumerable<ParameterResource> parameters, CancellationToken cancellationToken)
    {
        List<string> missing = [];
        foreach (var parameter in parameters)
        {
            try
            {
                var value = await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false) ?? string.Empty;
                if (parameter.Secret)
                {
                    mask.Add(value);
                }

                await notifications.PublishUpdateAsync(
                    parameter,
                    s => s.WithProperty(ValueProperty, value, parameter.Secret) with { State = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success) }).ConfigureAwait(false);
            }
            catch (MissingParameterValueException e)
            {
                missing.Add(e.Message);
                await notifications.PublishUpdateAsync(
                    parameter,
                    s => s with { State = new ResourceStateSnapshot(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Warn) }).ConfigureAwait(false);
            }
        }

        if (missing.Count > 0)
        {
            throw new MissingParameterValueException(string.Join(Environment.NewLine, missing));
        }
    }
}
