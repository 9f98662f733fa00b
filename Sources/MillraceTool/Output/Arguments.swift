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

  /// What to say of a flag with one dash, which the parser takes for several flags of one letter; nil if there is none.
  ///
  /// What stands after a flag may be its value, and may begin with a dash.
  static func problem(in arguments: some Sequence<String>) -> String? {
    var previous = ""
    for argument in arguments {
      if argument == "--" { return nil }
      let letters = argument.dropFirst()
      if argument.hasPrefix("-"), !previous.hasPrefix("--"), letters.count > 1,
        letters.allSatisfy({ $0.isLetter || $0 == "-" }), letters.first != "-"
      {
        return "there is no flag '\(argument)'; did you mean '-\(argument)'?"
      }
      previous = argument
    }
    return nil
  }

  /// Whether a setting was given as a flag, so that a message can spell it as one.
  static func isFlag(_ setting: String) -> Bool {
    CommandLine.arguments.contains { $0 == "--\(setting)" || $0.hasPrefix("--\(setting)=") }
  }
}
