using McpAspire.McpServer.Tickets;

namespace McpAspire.McpServer.Data;

/// <summary>Two tenants with work to do, so that there is something to see.</summary>
internal static class SampleTickets
{
    public static IEnumerable<Ticket> All(DateTimeOffset now) => [.. Contoso(now), .. Fabrikam(now)];

    private static IEnumerable<Ticket> Contoso(DateTimeOffset now)
    {
        var vpn = Ticket.Open("contoso", "VPN drops every 20 minutes from the Lisbon office", "Since Monday the tunnel closes after about twenty minutes, for everybody on the third floor. Reconnecting works at once. The client log says 'dead peer detection timeout'.", TicketPriority.High, "marta.silva", now.AddHours(-30), "alice");
        vpn.Comment("alice", "Both access points on the third floor run the old firmware. Asked facilities for a maintenance window.", now.AddHours(-26));
        yield return vpn;

        var invoice = Ticket.Open("contoso", "Invoice 2026-0417 shows the wrong VAT rate", "The customer is in Denmark, the invoice has 19 % instead of reverse charge. Finance needs a corrected one before Friday.", TicketPriority.Urgent, "jonas.keller", now.AddHours(-20), "alice");
        invoice.Comment("jonas.keller", "The customer called again this morning.", now.AddHours(-3));
        yield return invoice;

        yield return Ticket.Open("contoso", "New starter needs a laptop and accounts by 1 December", "Name: Priya Nair, team: logistics, office: Lisbon. Standard build, plus the warehouse application.", TicketPriority.Normal, "rui.costa", now.AddHours(-50));

        var printer = Ticket.Open("contoso", "Label printer in warehouse B prints blank pages", "The test page is fine, labels from the warehouse application are blank. Other printers work.", TicketPriority.Normal, "ana.melo", now.AddDays(-4), "carol");
        printer.Wait(now.AddDays(-3));
        printer.Comment("carol", "Driver 4.2 is known for this; asked Ana to try 4.3.", now.AddDays(-3));
        yield return printer;

        yield return Ticket.Open("contoso", "Password reset mail arrives after an hour", "Three colleagues reported it independently. The link has expired by then.", TicketPriority.High, "marta.silva", now.AddHours(-6));

        var export = Ticket.Open("contoso", "Monthly report cannot be exported to Excel", "Export stops at 65,536 rows with 'file is corrupt'.", TicketPriority.Low, "jonas.keller", now.AddDays(-12), "carol");
        export.Comment("carol", "The report used the old .xls format.", now.AddDays(-11));
        export.Close("The report now writes .xlsx; Jonas confirmed that October has all rows.", now.AddDays(-10));
        yield return export;
    }

    private static IEnumerable<Ticket> Fabrikam(DateTimeOffset now)
    {
        var oven = Ticket.Open("fabrikam", "Temperature sensor of line 2 reports 0 °C", "The dashboard shows 0 °C since the night shift; the display at the oven shows 212 °C.", TicketPriority.Urgent, "tomas.novak", now.AddHours(-9), "bob");
        oven.Comment("bob", "The gateway lost its certificate at midnight. A new one is requested.", now.AddHours(-7));
        yield return oven;

        yield return Ticket.Open("fabrikam", "Supplier portal rejects our delivery notes", "Every upload since the portal's update ends with 'schema version 3 expected'. We send version 2.", TicketPriority.High, "eva.horak", now.AddDays(-2), "bob");
        yield return Ticket.Open("fabrikam", "Time sheets: overtime of part-time staff is doubled", "Seen for all six colleagues with a 60 % contract in the September closing.", TicketPriority.Normal, "lena.brandt", now.AddDays(-5));

        var badge = Ticket.Open("fabrikam", "Badge reader at the north gate refuses new badges", "Badges issued after 10 November are unknown to it.", TicketPriority.Normal, "tomas.novak", now.AddDays(-8), "bob");
        badge.Close("The reader had been left out of the nightly synchronisation; it is in again.", now.AddDays(-7));
        yield return badge;
    }
}
