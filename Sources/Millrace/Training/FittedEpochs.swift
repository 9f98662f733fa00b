import Foundation
import MillracePipeline
import MillraceThreads

/// As many epochs as fit into a time on this machine.
///
/// The number is a setting like any other from then on: who repeats the run measures nothing.
public struct FittedEpochs: Sendable, CustomStringConvertible {
  /// What was asked for, with that number of epochs.
  public let configuration: TrainingConfiguration
  /// The time that they were to fit into.
  public let time: TimeSpan
  /// Seconds that an epoch takes, a refit's share and all networks of a model included.
  public let secondsPerEpoch: Double
  /// The epochs of a training without a limit of time.
  public let usual: Int

  /// More than this multiple of the usual epochs would hardly help.
  private static let most = 4
  /// The share of the time for which the speed is measured, and of what is left then that epochs are planned for: the
  /// rest is for what is no step.
  private static let (measuringShare, plannedShare) = (0.1, 0.95)

  /// Tries out the beginning of a training to learn how fast it is here, with all that it writes.
  ///
  /// - Parameters:
  ///   - configuration: What is to be trained; its epochs are replaced.
  ///   - time: How long the training may take, the measurement included.
  ///   - output: The folder of all runs, in which one is made and removed again; nil: the training writes nothing.
  ///   - observe: Is told of what happens in the measurement, and should take as long over it as what watches the training.
  /// - Throws: ``ConfigurationError`` where the time is too little for an epoch, and what a training throws.
  public init(
    _ configuration: TrainingConfiguration, in time: TimeSpan, output: String? = nil,
    observe: (TrainingEvent) throws -> Void = { _ in }
  ) throws {
    try self.init(
      configuration, in: time, output: output,
      measuring: min(20, max(0.5, time.seconds * Self.measuringShare)), observe: observe)
  }

  /// The same for another time of measuring, in seconds.
  init(
    _ configuration: TrainingConfiguration, in time: TimeSpan, output: String?, measuring seconds: Double,
    observe: (TrainingEvent) throws -> Void
  ) throws {
    let began = MonotonicClock.now()
    let images = SharedImages()
    defer { images.forgetImages() }
    func run(_ configuration: TrainingConfiguration, output: String?) throws -> TrainingRun {
      try TrainingRun(configuration, output: output, name: nil, ranks: .alone, images: images)
    }
    var trial = configuration.isEnsemble ? configuration.member(1) : configuration
    trial.optimization.$epochs.reset()
    usual = try run(trial, output: nil).configuration.optimization.epochs
    // The schedule stays at its beginning, and no refit comes.
    trial.optimization.epochs = 1_000_000
    let training = try run(trial, output: output)
    defer { if let folder = training.folder { try? FileManager.default.removeItem(atPath: folder.path) } }
    let speed = try SpeedMeter.stepsPerSecond(of: training, measuring: seconds, observe)
    let left = time.seconds - Double(MonotonicClock.now() - began) * 1e-9

    secondsPerEpoch = Double(training.stepsPerEpoch * configuration.memberCount) / speed
    let fitting = left * Self.plannedShare / secondsPerEpoch
    guard fitting >= 1 else {
      throw ConfigurationError(
        setting: "time",
        problem:
          "\(time) is too little: an epoch takes about \(secondsPerEpoch.rounded(toDigits: 2).shortText) s here; give "
          + "more, or leave it out and set epochs")
    }
    var fitted = configuration
    fitted.optimization.epochs = Int(min(fitting, Double(Self.most * usual)))
    (self.configuration, self.time) = (fitted, time)
  }

  /// One line without a full stop.
  public var description: String {
    let epochs = configuration.optimization.epochs
    let one = "\(secondsPerEpoch.rounded(toDigits: 2).shortText) s"
    return epochs < Self.most * usual
      ? "\(epochs) epochs fit in \(time): one takes about \(one); \(usual) are usual for these images"
      : "\(epochs) epochs of about \(one) are less than \(time), and more would hardly help"
  }
}

extension TrainingRun {
  /// Minibatches for each epoch, those of a refit counted with the epoch that they repeat.
  fileprivate var stepsPerEpoch: Int {
    let options = configuration.optimization
    let search = options.cut(of: training.count).stepsPerEpoch
    guard options.refits, let validation else { return search }
    return search + options.cut(of: training.count + validation.count).stepsPerEpoch
  }
}
