using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Resources;

/// <summary>Reads the policies of a Resiliency. daprd logs a value that it cannot read, and then runs without any policy of the file.</summary>
internal static class ResiliencyPolicies
{
    private const int BuiltInLeastRetries = 3;

    public static RetryPolicy ReadRetry(YamlMap retries, string name, List<string> warnings)
    {
        var map = ResiliencyResource.Inner(retries, name).Only("policy", "duration", "maxInterval", "maxRetries", "matching");
        var isExponential = map.Text("policy") switch
        {
            null or "" => false,
            var text when text.Equals("constant", StringComparison.OrdinalIgnoreCase) => false,
            var text when text.Equals("exponential", StringComparison.OrdinalIgnoreCase) => true,
            _ => throw map.Wrong("policy", "constant or exponential"),
        };
        var unused = isExponential ? "duration" : "maxInterval";
        if (map.Has(unused))
        {
            warnings.Add($"{map.PositionOf(unused)}: '{unused}' of the retry policy '{name}' means nothing to a policy that is {(isExponential ? "exponential" : "constant")}.");
        }

        var defaults = new RetryPolicy();
        var matching = map.Map("matching")?.Only("httpStatusCodes", "gRPCStatusCodes");
        var policy = new RetryPolicy
        {
            IsExponential = isExponential,
            Duration = GoDuration.Read(map, "duration", defaults.Duration),
            MaxInterval = GoDuration.Read(map, "maxInterval", defaults.MaxInterval),
            MaxRetries = map.Number("maxRetries", defaults.MaxRetries, least: -1),
            StatusCodes = Codes(matching, "httpStatusCodes", 100, 599, "codes and ranges from 100 to 599, separated by commas without spaces: 429,500-599"),
            GrpcStatusCodes = Codes(matching, "gRPCStatusCodes", 0, 16, "codes and ranges from 0 to 16, separated by commas without spaces"),
        };
        if (policy.MaxRetries < 0 && (isExponential ? policy.MaxInterval : policy.Duration) == TimeSpan.Zero)
        {
            throw new ResourceException(map.Position, $"The retry policy '{name}' would send a failed call again without a pause and without an end; set maxRetries, or a duration.");
        }

        return RetryPolicy.BuiltIn.ContainsKey(name) ? OfBuiltIn(policy, name, map.Position, warnings) : policy;
    }

    public static CircuitBreakerPolicy ReadCircuitBreaker(YamlMap map)
    {
        map.Only("maxRequests", "interval", "timeout", "trip");
        var defaults = new CircuitBreakerPolicy();
        var timeout = GoDuration.Read(map, "timeout", defaults.Timeout);
        return new CircuitBreakerPolicy
        {
            MaxRequests = Math.Max(1, map.Number("maxRequests", defaults.MaxRequests, least: 0)),
            Interval = GoDuration.Read(map, "interval", defaults.Interval),
            Timeout = timeout > TimeSpan.Zero ? timeout : defaults.Timeout,
            Trip = map.Text("trip") is { Length: > 0 } trip ? Trip(map, trip) : defaults.Trip,
        };
    }

    private static RetryPolicy OfBuiltIn(RetryPolicy policy, string name, Position position, List<string> warnings)
    {
        if (name == "DaprBuiltInActorNotFoundRetries")
        {
            warnings.Add($"{position}: Dapr does not let '{name}' be changed; its own values stay.");
            return RetryPolicy.BuiltIn[name];
        }

        warnings.Add($"{position}: '{name}' has an effect only where a target names it: without a policy this sidecar sends a call once.");
        return policy.MaxRetries < BuiltInLeastRetries ? policy with { MaxRetries = BuiltInLeastRetries } : policy;
    }

    private static StatusCodeMatch Codes(YamlMap? matching, string key, int least, int most, string allowed)
        => StatusCodeMatch.TryParse(matching?.Text(key) ?? string.Empty, least, most, out var match) ? match : throw matching!.Wrong(key, allowed);

    private static TripCondition Trip(YamlMap map, string text)
    {
        try
        {
            return TripCondition.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new ResourceException(map.PositionOf("trip"), $"'trip' is '{text}', which cannot be used: {exception.Message}.", exception);
        }
    }
}
