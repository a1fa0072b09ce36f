using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's log.</summary>
[DebuggerDisplay("LineNumber = {LineNumber}, Content = {Content}, IsErrorMessage = {IsErrorMessage}")]
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
