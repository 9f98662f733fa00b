import MillraceTraining

/// Settings of a run that do nothing in a command which measures or shows a part of it.
///
/// Such a command takes them all the same, so that the command line of a run serves when only its first word is
/// changed; a note says which of them made no difference.
struct IdleSettings {
  /// What the command does not do, for the note.
  private let reason: String
  private let keys: Set<String>

  /// Everything counts.
  static let none = IdleSettings(reason: "", using: .everything)
  /// A preview loads images and computes nothing.
  static let preview = IdleSettings(reason: "a preview computes nothing", using: .images)
  /// The loader's benchmark fills minibatches that nobody trains on.
  static let loading = IdleSettings(reason: "nothing is computed here", using: [.images, .loading])
  /// The compute benchmark trains on random numbers.
  static let computing = IdleSettings(reason: "no image is read here", using: .step)
  /// The training benchmark has no epochs and no validation.
  static let training = IdleSettings(
    reason: "steps are measured here, without epochs and validation", using: [.images, .loading, .step])
  /// A range test has a learning rate of its own, no epochs and no validation.
  static let range = IdleSettings(
    reason: "the learning rate grows step by step, without epochs and validation",
    using: [.images, .loading, .step], except: ["lr"])

  /// Finds the settings that act on nothing of what a command does, beside some that it has its own values for.
  private init(reason: String, using reach: SettingReach, except own: Set<String> = []) {
    self.reason = reason
    keys = ConfigurationSetting.keys { $0.reach.isDisjoint(with: reach) }.union(own)
  }

  /// What to say of the settings that were given; nil if all of them count.
  func note(on given: [String]) -> String? {
    let idle = given.filter(keys.contains).map { "--\($0)" }
    guard let last = idle.last else { return nil }
    let list = idle.count == 1 ? last : idle.dropLast().joined(separator: ", ") + " and " + last
    return "\(reason): \(list) \(idle.count == 1 ? "makes" : "make") no difference"
  }
}
