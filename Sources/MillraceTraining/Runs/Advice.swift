public import MillraceModels

/// What the curves of a run say, and which change is most likely to help.
///
/// It is a pure function of the epochs' figures: a figure over no images decides nothing, and nothing is said
/// that the validation images cannot tell.
public struct Advice: Sendable, Hashable {
  /// What the curves say.
  public enum Verdict: Sendable, Hashable {
    /// No validation image was used.
    case notValidated
    /// Right answers are as rare as if every answer were the largest class; `share` is that class's share,
    /// from 0 to 1.
    case noBetterThanLargestClass(accuracy: Double, share: Double)
    /// Many units of a layer never answer: this share of them, from 0 to 1.
    case deadLayer(name: String, share: Double)
    /// There are too few validation images to measure an accuracy.
    case tooFewToTell(count: Int, interval: WilsonInterval)
    /// The validation loss rises while the training loss falls, since this epoch, counted from 1.
    case overfits(since: Int, from: Double, to: Double)
    /// The loss falls up to the end: by this share of itself over these epochs.
    case stillFalling(share: Double, epochs: Int)
    /// Nothing in the curves asks for a change.
    case settled
  }

  /// What the curves say.
  public let verdict: Verdict
  /// The flags for another run with the same configuration that are most likely to help; empty where no other
  /// run is advised.
  public let flags: [String]

  /// Reads the curves.
  ///
  /// - Parameters:
  ///   - epochs: The reports of the epochs among which the best one was sought, in their order.
  ///   - settings: The settings of the run with their values, by name.
  ///   - largestClassShare: The share of the validation images that belong to their largest class, from 0 to
  ///     1.
  public init(epochs: [EpochReport], settings: [String: String], largestClassShare: Double?) {
    verdict = Self.verdict(epochs, largestClassShare: largestClassShare)
    flags = Self.flags(
      verdict, settings: settings, epochs: epochs.count,
      couldSeePlaces: Self.couldSeePlaces(epochs, settings: settings))
  }
}

// MARK: What the curves say

extension Advice {
  /// A layer with this share of dead units has lost much of what it could learn.
  private static let deadShare = 0.5
  /// Fewer validation images than this say little about the course of a loss.
  private static let fewImages = 100
  /// A wider interval says little about an accuracy.
  private static let wideInterval = 0.1
  /// A loss has risen once it is this many times its minimum.
  private static let risen = 1.1
  /// A loss still falls if the last tenth of the epochs has brought it down by more than this share.
  private static let falling = 0.03

  private static func verdict(_ epochs: [EpochReport], largestClassShare: Double?) -> Verdict {
    guard let last = epochs.last else { return .notValidated }
    let best = epochs.last(where: \.isBest) ?? last
    let interval = best.validation.flatMap { WilsonInterval(successes: $0.correct, of: $0.count) }
    if let validation = best.validation, let accuracy = validation.accuracy, let interval,
      let share = largestClassShare, interval.lower <= share
    {
      // A few images of one class prove nothing against the network.
      if validation.count >= fewImages || accuracy <= share {
        return .noBetterThanLargestClass(accuracy: accuracy, share: share)
      }
    }
    if let dead = last.statistics?.rectified.max(by: { $0.dead < $1.dead }), dead.dead >= deadShare {
      return .deadLayer(name: dead.name, share: dead.dead)
    }
    guard let validation = best.validation, let interval else {
      return stillFalling(epochs.compactMap(\.training.mean)) ?? .notValidated
    }
    let isFew = validation.count < fewImages
    if isFew { return .tooFewToTell(count: validation.count, interval: interval) }
    if let verdict = overfits(epochs) ?? stillFalling(epochs.compactMap { $0.validation?.mean }) {
      return verdict
    }
    if interval.upper - interval.lower > wideInterval {
      return .tooFewToTell(count: validation.count, interval: interval)
    }
    return .settled
  }

  /// Whether the validation loss has clearly risen since its minimum, while the training loss went on falling
  /// and no more answers became right.
  private static func overfits(_ epochs: [EpochReport]) -> Verdict? {
    guard let least = epochs.indices.min(by: { loss(epochs[$0]) < loss(epochs[$1]) }), let last = epochs.last,
      let before = epochs[least].validation, let after = last.validation, let leastLoss = before.mean,
      let then = epochs[least].training.mean, let now = last.training.mean
    else { return nil }
    let tail = epochs.suffix(max(1, epochs.count / 10))
    let mean = tail.reduce(0) { $0 + loss($1) } / Double(tail.count)
    let isLong = epochs.count - 1 - least >= max(2, epochs.count / 10)
    guard isLong, now < then, mean > leastLoss * risen else { return nil }
    // Label smoothing, for one, makes outputs less sure than they may be, so the loss rises while answers become right.
    // Wrong answers are rare events, whose variance is their number.
    let wrong = before.count - before.correct + after.count - after.correct
    guard Double(after.correct - before.correct) <= Double(wrong).squareRoot() else { return nil }
    return .overfits(since: least + 1, from: leastLoss, to: mean)
  }

  private static func loss(_ report: EpochReport) -> Double { report.validation?.mean ?? .infinity }

  /// Whether a loss falls up to the end.
  private static func stillFalling(_ losses: [Double]) -> Verdict? {
    let length = max(1, losses.count / 10)
    guard losses.count >= 3 * length else { return nil }
    func mean(_ part: ArraySlice<Double>) -> Double { part.reduce(0, +) / Double(part.count) }
    let (before, after) = (mean(losses.suffix(2 * length).prefix(length)), mean(losses.suffix(length)))
    let share = (before - after) / before
    return share > falling && share.isFinite ? .stillFalling(share: share, epochs: length) : nil
  }
}

// MARK: What helps

extension Advice {
  private static let stem = ["--stem", "auto"]
  /// A network that is right more often than this has little to win.
  private static let goodAccuracy = 0.99
  /// Pictures with shorter sides have hardly any places.
  private static let fewPixels = 16

  /// Whether the network is a plain one that leaves something to win, and the pictures have places.
  private static func couldSeePlaces(_ epochs: [EpochReport], settings: [String: String]) -> Bool {
    let sides = settings["image-size"]?.split(separator: "x").compactMap { Int($0) } ?? []
    let best = epochs.last(where: \.isBest) ?? epochs.last
    let interval = best?.validation.flatMap { WilsonInterval(successes: $0.correct, of: $0.count) }
    guard let side = sides.min(), let interval else { return false }
    return settings["stem"] == nil && side >= fewPixels && interval.upper < goodAccuracy
  }

  private static func flags(
    _ verdict: Verdict, settings: [String: String], epochs: Int, couldSeePlaces: Bool
  ) -> [String] {
    switch verdict {
    case .tooFewToTell, .settled: return couldSeePlaces ? stem : []
    case .notValidated, .noBetterThanLargestClass: return []
    case .stillFalling: return ["--epochs", String(2 * epochs)]
    case .deadLayer:
      if settings["batch-norm"] == "none" { return ["--batch-norm", "sync"] }
      let rate = settings["lr"].flatMap(Double.init) ?? 0.001
      return ["--lr", (rate / 3).rounded(toDigits: 1).shortText]
    case .overfits(let epoch, _, _):
      if settings["augment"] == "none" { return ["--augment", "auto"] }
      let dropout = settings["dropout"]?.split(separator: ",").compactMap { Double($0) }.max() ?? 0
      if dropout < 0.4, settings["hidden"] != "none" { return ["--dropout", "0.4"] }
      return couldSeePlaces ? stem : ["--epochs", String(epoch)]
    }
  }
}

extension Advice: CustomStringConvertible {
  /// What follows where convolutions are advised.
  private var hope: String {
    flags == Self.stem ? "; a network that sees places is likely to be right more often" : ""
  }

  /// What the curves say, in one line without a full stop.
  public var description: String {
    func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    func short(_ loss: Double) -> String { loss.rounded(toDigits: 3).shortText }
    switch verdict {
    case .notValidated: return "no image was validated on, so nobody knows how good the model is"
    case .noBetterThanLargestClass(let accuracy, let share):
      return
        "\(percent(accuracy)) right is no better than always answering with the largest class (\(percent(share)))"
    case .deadLayer(let name, let share): return "\(percent(share)) of the units of \(name) never answer"
    case .tooFewToTell(let count, let interval):
      return
        "\(count) validation images say no more than \(percent(interval.lower)) to \(percent(interval.upper))"
        + hope
    case .overfits(let epoch, let low, let high):
      return
        "it has overfitted since epoch \(epoch): the validation loss rose from \(short(low)) to \(short(high))"
        + hope
    case .stillFalling(let share, let epochs):
      return
        "the loss still falls: by \(percent(share)) in the last \(epochs == 1 ? "epoch" : "\(epochs) epochs")"
    case .settled where flags.isEmpty:
      return "the curves have settled, and nothing in them asks for a change"
    case .settled: return "the curves have settled" + hope
    }
  }
}
