/// What of a run a setting acts on. A command that does a part of what a run does uses the settings that act on that.
package struct SettingReach: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// The form that images are decoded to, which a pack of pixels holds.
  package static let decoding = SettingReach(rawValue: 1)
  /// What the rows of a minibatch show, and of which images.
  package static let images = SettingReach(rawValue: 2)
  /// How minibatches are filled, beside what they show.
  package static let loading = SettingReach(rawValue: 4)
  /// What a step computes, or how fast.
  package static let step = SettingReach(rawValue: 8)
  /// Epochs, validation and what is saved: what only a whole run has.
  package static let run = SettingReach(rawValue: 16)
  /// All of it, but not the form of an image.
  package static let everything: SettingReach = [.images, .loading, .step, .run]
}

/// What of a run's outcome a setting decides.
package enum SettingBearing: Sendable {
  /// The model's bits.
  case result
  /// With which weights training begins: the contents of a file decide, not its path.
  case start
  /// What becomes of files that cannot be used, and so whether there is a model.
  case badFiles
  /// Nothing of the model: what is told of it.
  case telling
  /// Nothing: where the images are.
  case place
  /// Nothing: how fast it goes, and how much is lost when it is killed.
  case speed
}
