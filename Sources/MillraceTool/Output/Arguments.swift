/// What was written on the command line, before it is parsed.
enum Arguments {
  /// The arguments with each negative number joined to the flag before it.
  ///
  /// The parser takes `-1` in `--lr -1` for a flag and would complain of a missing value, where the value is
  /// there and only out of range.
  static func joiningNegativeNumbers(_ arguments: some Sequence<String>) -> [String] {
    var result: [String] = []
    for argument in arguments {
      if argument.hasPrefix("-"), Double(argument) != nil, let flag = result.last, flag.hasPrefix("--"),
        flag.count > 2, !flag.contains("=")
      {
        result[result.count - 1] = "\(flag)=\(argument)"
      } else {
        result.append(argument)
      }
    }
    return result
  }

  /// Whether a setting was given as a flag, so that a message can spell it as one.
  static func isFlag(_ setting: String) -> Bool {
    CommandLine.arguments.contains { $0 == "--\(setting)" || $0.hasPrefix("--\(setting)=") }
  }
}
