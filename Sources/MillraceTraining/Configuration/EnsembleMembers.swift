import MillraceModels
import MillracePipeline
import MillraceRandom

// What the networks of a model that has several are trained with.
extension TrainingConfiguration {
  /// How many networks the model has.
  public var memberCount: Int { max(ensemble, folds) }

  /// Whether it describes several runs, whose networks become one model: those of an ``EnsembleRun``.
  public var isEnsemble: Bool { memberCount > 1 && member == nil }

  /// What one of the networks is trained with.
  ///
  /// - Parameter number: From 1 to ``memberCount``.
  public func member(_ number: Int) -> TrainingConfiguration {
    precondition((1...memberCount).contains(number), "member \(number) of \(memberCount)")
    var one = self
    one.member = number
    return one
  }

  /// What everything random in the training of its network follows from: the first member has the ``seed`` itself, so it
  /// is the network of a run without others; member n of two or more has the first 64 bits of the stream of that number.
  ///
  /// What is validated on follows from ``seed`` for all members alike.
  public var trainingSeed: UInt64 {
    guard let member, member > 1 else { return seed }
    var random = KeyedRandom(seed: seed, purpose: .member, sample: member)
    return random.next()
  }

  /// Checks how many networks there are against each other and against what they are trained on.
  func validateMembers() throws(ConfigurationError) {
    for (setting, count) in [("ensemble", ensemble), ("folds", folds)] {
      try require(
        (1...Self.memberLimit).contains(count), setting, "must be from 1 to \(Self.memberLimit), got \(count)"
      )
    }
    if let member {
      try require(
        memberCount > 1, "member",
        "is one of the networks of ensemble or folds; give one of both, too, or leave it out")
      try require(
        (1...memberCount).contains(member), "member",
        "must be from 1 to \(memberCount), as many networks as there are, got \(member)")
    }
    guard folds > 1 else { return }
    try require(
      ensemble == 1, "ensemble",
      "cannot be combined with folds, whose networks are an ensemble already; leave one of both out")
    try require(
      validation == nil, "val",
      "cannot be combined with folds, which validate on each training image in turn; leave one of both out")
    try require(
      !optimization.refits, "refit",
      "cannot be combined with folds, whose networks have seen every image together; leave one of both out")
  }

  /// Checks that each fold has an image of every class to validate on.
  func requireDivisible(_ dataset: Dataset) throws(ConfigurationError) {
    guard folds > 1 else { return }
    let counts = dataset.countPerClass
    guard let label = counts.indices.min(by: { counts[$0] < counts[$1] }), counts[label] < folds else {
      return
    }
    let (name, count) = (quotedForMessage(dataset.classes[label]), counts[label])
    let images = count == 1 ? "1 image" : "\(count) images"
    throw ConfigurationError(
      setting: "folds",
      problem:
        "\(folds) are more than the \(images) of the class \(name), and each fold needs one; add images, "
        + (count > 1 ? "set at most \(count) folds, " : "") + "or leave the class out")
  }

  /// The most networks of a model.
  static let memberLimit = Model.memberLimit
}
