/// Settings of a run that do nothing in a command which measures or shows a part of it.
///
/// Such a command takes them all the same, so that the command line of a run serves when only its first word is
/// changed; a note says which of them made no difference.
struct IdleSettings {
  /// What the command does not do, for the note.
  private let reason: String
  private let keys: Set<String>

  /// Everything counts.
  static let none = IdleSettings(reason: "", keys: [])
  /// A preview loads images and computes nothing.
  static let preview = IdleSettings(
    reason: "a preview computes nothing",
    keys: network.union(learning).union(threads).union(["shards", "on-bad-file", "max-bad"]))
  /// The loader's benchmark fills minibatches that nobody trains on.
  static let loading = IdleSettings(
    reason: "nothing is computed here", keys: network.union(learning).union(["workers", "shards", "max-bad"]))
  /// The compute benchmark trains on random numbers.
  static let computing = IdleSettings(
    reason: "no image is read here",
    keys: pace.union(images).union([
      "val", "val-fraction", "augment", "normalize", "balance", "loaders", "queue", "cache", "init-weights",
    ]))
  /// The training benchmark has no epochs and no validation.
  static let training = IdleSettings(
    reason: "steps are measured here, without epochs and validation",
    keys: pace.union(["max-bad", "init-weights"]))

  private static let network: Set = [
    "hidden", "activation", "dropout", "input-dropout", "batch-norm", "loss", "output-activation", "init",
    "init-bias", "init-weights", "label-smoothing",
  ]
  private static let pace: Set = [
    "epochs", "schedule", "warmup-epochs", "patience", "min-delta", "monitor", "refit", "dsd",
    "checkpoint-interval",
  ]
  private static let learning: Set = pace.union([
    "lr", "optimizer", "momentum", "weight-decay", "l1", "elastic-net", "elastic-ratio", "max-norm",
    "clip-norm",
    "ema",
  ])
  private static let threads: Set = ["workers", "loaders", "queue", "cache", "checkpoint-interval"]
  private static let images: Set = [
    "max-pixels", "max-scans", "max-chunk-bytes", "max-file-bytes", "allow-truncated", "on-bad-file",
    "max-bad",
  ]

  /// What to say of the settings that were given; nil if all of them count.
  func note(on given: [String]) -> String? {
    let idle = given.filter(keys.contains).map { "--\($0)" }
    guard let last = idle.last else { return nil }
    let list = idle.count == 1 ? last : idle.dropLast().joined(separator: ", ") + " and " + last
    return "\(reason): \(list) \(idle.count == 1 ? "makes" : "make") no difference"
  }
}
