public import MillraceModels
public import MillraceTraining

// This says which axes move in a search.
extension TuningAxis {
  /// The axes that move from a configuration.
  ///
  /// - Parameters:
  ///   - included: Names of axes or of settings. Only these move, even where somebody gave the setting;
  ///     empty: all axes whose setting nobody gave, without those that move on request alone.
  ///   - fixed: Names of axes or of settings that stay.
  ///   - configuration: The configuration that is moved from.
  /// - Throws: `ConfigurationError` for a name that no axis has or that is in both lists, and where no axis
  ///   is left that could move.
  public static func moving(
    _ included: [String], except fixed: [String], from configuration: TrainingConfiguration
  ) throws(ConfigurationError) -> [TuningAxis] {
    try require(included, of: "include")
    try require(fixed, of: "fix")
    for name in fixed where included.contains(name) {
      throw ConfigurationError(
        setting: "fix", problem: "'\(name)' is also in include; leave it out of one of them")
    }
    let given = Set(configuration.resolvedSettings.filter(\.isGiven).map(\.key))
    let axes = all.filter { axis in
      !axis.isNamed(in: fixed)
        && (included.isEmpty
          ? !given.contains(axis.setting) && !axis.isOnRequest : axis.isNamed(in: included))
        && !axis.possibleMoves(from: configuration).isEmpty
    }
    guard !axes.isEmpty else {
      throw ConfigurationError(
        setting: included.isEmpty ? "fix" : "include",
        problem:
          "nothing is left that could move: every setting of \(all.map(\.name).joined(separator: ", ")) is "
          + "given or fixed, or has no effect; give fewer of them")
    }
    return axes
  }

  private func isNamed(in names: [String]) -> Bool { names.contains(name) || names.contains(setting) }

  private static func require(_ names: [String], of option: String) throws(ConfigurationError) {
    let known = all.flatMap { $0.name == $0.setting ? [$0.name] : [$0.name, $0.setting] }
    for name in names where !known.contains(name) {
      let unique = known.indices.filter { known.firstIndex(of: known[$0]) == $0 }.map { known[$0] }
      throw ConfigurationError(
        setting: option,
        problem: "'\(name)' cannot be moved; "
          + suggestion(for: name, among: unique, else: "use some of \(unique.joined(separator: ", "))"))
    }
  }
}
