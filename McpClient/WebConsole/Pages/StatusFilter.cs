namespace McpAspire.Client.WebConsole.Pages;

/// <summary>Which tickets the page lists.</summary>
public sealed record StatusFilter(string Label, string? Status)
{
    /// <summary>The choices, in the order of the page.</summary>
    public static readonly IReadOnlyList<StatusFilter> All =
    [
        new("Open", "open"),
        new("Waiting", "waiting"),
        new("Closed", "closed"),
        new("All", null),
    ];

    /// <summary>The filter of a query value; the first one when there is none or it is not known.</summary>
    public static StatusFilter Of(string? query)
        => All.FirstOrDefault(filter => filter.Query == query) ?? All[0];

    /// <summary>The value in the page's address.</summary>
    public string Query => Status ?? "all";

    /// <summary>The page's address with this filter.</summary>
    public string Path => PathOf(1);

    /// <summary>The address of one page of this filter.</summary>
    public string PathOf(int page) => (this == All[0], page) switch
    {
        (true, 1) => "/",
        (false, 1) => $"/?status={Query}",
        _ => $"/?status={Query}&page={page}",
    };
}
