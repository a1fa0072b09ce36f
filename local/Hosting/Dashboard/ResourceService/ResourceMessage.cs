using Aspire.Hosting.ApplicationModel;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Proto = Aspire.Hosting.Dashboard.Protocol;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>Says a resource's state in the dashboard's words.</summary>
internal static class ResourceMessage
{
    private const string ParentName = "resource.parentName";
    private const string ExitCode = "resource.exitCode";

    /// <param name="change">The state.</param>
    /// <param name="createdAt">Creation time of a resource that has none: the field is mandatory.</param>
    /// <param name="parentId">The parent's name in the dashboard: the rows nest by it alone.</param>
    public static Proto.Resource From(ResourceEvent change, DateTime createdAt, string? parentId)
    {
        var snapshot = change.Snapshot;
        var message = new Proto.Resource
        {
            Name = change.ResourceId,
            Uid = change.ResourceId,
            DisplayName = change.Resource.Name,
            ResourceType = snapshot.ResourceType,
            CreatedAt = Time(snapshot.CreationTimeStamp ?? createdAt),
            StartedAt = snapshot.StartTimeStamp is { } started ? Time(started) : null,
            StoppedAt = snapshot.StopTimeStamp is { } stopped ? Time(stopped) : null,
            IsHidden = snapshot.IsHidden,
        };

        if (snapshot.State is { } state)
        {
            message.State = state.Text;
            if (state.Style is { } style)
            {
                message.StateStyle = style;
            }
        }

        message.Environment.AddRange(snapshot.EnvironmentVariables.Select(Environment));
        message.Urls.AddRange(snapshot.Urls.Select(Url));
        message.HealthReports.AddRange(snapshot.HealthReports.Select(Health));
        message.Commands.AddRange(snapshot.Commands.Select(Command));
        message.Relationships.AddRange(snapshot.Relationships.Select(
            relationship => new Proto.ResourceRelationship { ResourceName = relationship.ResourceName, Type = relationship.Type }));
        message.Properties.AddRange(Properties(snapshot, parentId));
        return message;
    }

    private static IEnumerable<Proto.ResourceProperty> Properties(CustomResourceSnapshot snapshot, string? parentId)
    {
        foreach (var property in snapshot.Properties.Where(property => property.Name != ParentName || parentId is null))
        {
            yield return new Proto.ResourceProperty
            {
                Name = property.Name,
                Value = PropertyValue.From(property.Value),
                IsSensitive = property.IsSensitive,
            };
        }

        if (parentId is not null)
        {
            yield return new Proto.ResourceProperty { Name = ParentName, Value = PropertyValue.From(parentId) };
        }

        if (snapshot.ExitCode is { } code && !snapshot.Properties.Any(property => property.Name == ExitCode))
        {
            yield return new Proto.ResourceProperty { Name = ExitCode, Value = PropertyValue.From(code) };
        }
    }

    private static Proto.EnvironmentVariable Environment(EnvironmentVariableSnapshot variable)
    {
        var message = new Proto.EnvironmentVariable { Name = variable.Name, IsFromSpec = variable.IsFromSpec };
        if (variable.Value is { } value)
        {
            message.Value = value;
        }

        return message;
    }

    private static Proto.Url Url(UrlSnapshot url)
    {
        var message = new Proto.Url
        {
            FullUrl = url.Url,
            IsInternal = url.IsInternal,
            IsInactive = url.IsInactive,
            DisplayProperties = new Proto.UrlDisplayProperties
            {
                DisplayName = url.DisplayProperties.DisplayName,
                SortOrder = url.DisplayProperties.SortOrder,
            },
        };
        if (url.Name is { } name)
        {
            message.EndpointName = name;
        }

        return message;
    }

    private static Proto.HealthReport Health(HealthReportSnapshot report)
    {
        var message = new Proto.HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = report.LastRunAt is { } ran ? Time(ran) : null,
        };
        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                HealthStatus.Healthy => Proto.HealthStatus.Healthy,
                HealthStatus.Degraded => Proto.HealthStatus.Degraded,
                _ => Proto.HealthStatus.Unhealthy,
            };
        }

        return message;
    }

    private static Proto.ResourceCommand Command(ResourceCommandSnapshot command)
    {
        var message = new Proto.ResourceCommand
        {
            Name = command.Name,
            DisplayName = command.DisplayName,
            IsHighlighted = command.IsHighlighted,
            State = command.State switch
            {
                ResourceCommandState.Enabled => Proto.ResourceCommandState.Enabled,
                ResourceCommandState.Disabled => Proto.ResourceCommandState.Disabled,
                _ => Proto.ResourceCommandState.Hidden,
            },
        };
        if (command.DisplayDescription is { } description)
        {
            message.DisplayDescription = description;
        }

        if (command.ConfirmationMessage is { } confirmation)
        {
            message.ConfirmationMessage = confirmation;
        }

        if (command.IconName is { } icon)
        {
            message.IconName = icon;
            message.IconVariant = command.IconVariant is IconVariant.Filled ? Proto.IconVariant.Filled : Proto.IconVariant.Regular;
        }

        return message;
    }

    private static Timestamp Time(DateTime time)
        => Timestamp.FromDateTime(time.Kind is DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
