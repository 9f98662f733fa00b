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
  /// No value is such a word: the parser would not take it for one either.
  static func problem(in arguments: some Sequence<String>) -> String? {
    for argument in arguments {
      if argument == "--" { return nil }
      let letters = argument.dropFirst()
      if argument.hasPrefix("-"), letters.count > 1, Double(argument) == nil,
        letters.allSatisfy({ $0.isLetter || $0 == "-" }), letters.first != "-"
      {
        return "there is no flag '\(argument)'; did you mean '-\(argument)'?"
      }
    }
    return nil
  }

  /// Whether a setting was given as a flag, so that a message can spell it as one.
  static func isFlag(_ setting: String) -> Bool {
    CommandLine.arguments.contains { $0 == "--\(setting)" || $0.hasPrefix("--\(setting)=") }
  }
}
