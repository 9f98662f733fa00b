import ArgumentParser
import MillraceModels
import MillraceWorkshop

/// How much a search may cost, and what may move in it.
struct TuneOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long the search and the winner's training may take together: 30s, 20m or 1h. The speed is measured first, "
        + "and says how many steps these are.", valueName: "time"))
  var time: String?

  @Option(
    help: ArgumentHelp(
      "The same in minibatch steps: then the result is the same bits on any number of threads. "
        + "With --lr-range, the steps of the test (default: \(LearningRateRange().steps)).", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Which settings move, and no others: \(Self.names), or settings such as augment (default: all that is not given).",
      valueName: "name,…"), completion: .list(Self.completions))
  var include: String?

  @Option(
    help: ArgumentHelp("Which settings stay as they are, by the same names.", valueName: "name,…"),
    completion: .list(Self.completions))
  var fix: String?

  @Flag(help: "Search, and do not train the winner: the whole budget is the search's.")
  var onlySearch = false

  @Flag(
    help:
      "Instead of a search, let the learning rate grow step by step and show where the loss falls and where it grows."
  )
  var lrRange = false

  private static let names = TuningAxis.all.map(\.name).joined(separator: ", ")
  private static let completions = TuningAxis.all.map(\.name)

  func validate() throws {
    if time != nil && steps != nil {
      throw ValidationError("--time and --steps exclude each other: choose one")
    }
    guard lrRange else { return }
    for (flag, isGiven) in [
      ("--time", time != nil), ("--include", include != nil), ("--fix", fix != nil),
      ("--only-search", onlySearch),
    ] where isGiven {
      throw ValidationError("\(flag) cannot be combined with --lr-range: leave it out")
    }
  }

  /// The library's form.
  func options() throws -> TuningOptions {
    var options = TuningOptions(budget: try budget())
    options.included = try Self.list(include, "include")
    options.fixed = try Self.list(fix, "fix")
    options.trainsWinner = !onlySearch
    return options
  }

  /// Whether a time or steps are given, which a search that is resumed does not need.
  var isBudgetGiven: Bool { time != nil || steps != nil }

  private func budget() throws(ConfigurationError) -> TuningOptions.Budget {
    if let steps { return .steps(steps) }
    return .seconds(try TimeSpan(parsing: time ?? "", setting: "time").seconds)
  }

  private static func list(_ text: String?, _ setting: String) throws(ConfigurationError) -> [String] {
    guard let text else { return [] }
    let names = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    guard !names.isEmpty else {
      throw ConfigurationError(
        setting: setting, problem: "names nothing; give some of \(Self.names), or leave it out")
    }
    return names
  }
}

/// Where a search's folder goes, or which one is gone on with.
struct TuningOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder of all searches (default: \(Self.standard)).", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp("The search's name in that folder (default: the next number).", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "Go on with an interrupted search, such as tunings/1: DATA, settings and budget are those it began with.",
      valueName: "tuning"),
    completion: .directory)
  var resume: String?

  static let standard = "tunings"

  /// The folder of all searches.
  var place: String { output ?? Self.standard }
}
