/// A setting that cannot be used, with what would be.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The setting, spelled as its flag without the dashes, such as `batch-size`.
  public let setting: String
  /// What is wrong with it and what to do.
  public let problem: String

  /// Makes an error about a setting.
  public init(setting: String, problem: String) {
    self.setting = setting
    self.problem = problem
  }

  /// One line.
  public var description: String { "\(setting): \(problem)" }
}

/// Throws a ``ConfigurationError`` about a setting unless a condition holds.
package func require(_ condition: Bool, _ setting: String, _ problem: @autoclosure () -> String)
  throws(ConfigurationError)
{
  if !condition { throw ConfigurationError(setting: setting, problem: problem()) }
}
