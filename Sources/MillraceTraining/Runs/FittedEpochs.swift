import Foundation
package import MillraceModels
import MillracePipeline
import MillraceThreads

/// As many epochs as fit into a time on this machine.
///
/// From then on their number is a setting like any other: a repetition of the run measures nothing.
package struct FittedEpochs: Sendable, CustomStringConvertible {
  /// The given configuration, with that number of epochs.
  package let configuration: TrainingConfiguration
  /// The time into which the epochs should fit.
  package let time: TimeSpan
  /// The seconds that an epoch takes, including a refit's share and all networks of a model.
  package let secondsPerEpoch: Double
  /// The epochs of a training without a time limit.
  package let usual: Int

  /// More than this multiple of the usual epochs would hardly help.
  private static let most = 4
  /// The share of the time in which the speed is measured, and the share of the rest for which epochs are
  /// planned: what remains is for work that is not a step.
  private static let (measuringShare, plannedShare) = (0.1, 0.95)

  /// Tries the beginning of a training to learn how fast it is here, with all that it writes.
  ///
  /// - Parameters:
  ///   - configuration: The training; its epochs are replaced.
  ///   - time: The time that the training may take, including the measurement.
  ///   - output: The folder of all runs, in which one is made and removed again; nil where the training
  ///     writes nothing.
  ///   - observe: Gets the events of the measurement, and should take as long over them as the observers of
  ///     the training.
  /// - Throws: ``ConfigurationError`` where the time is too short for an epoch, and what a training throws.
  package init(
    _ configuration: TrainingConfiguration, in time: TimeSpan, output: String? = nil,
    observe: (TrainingEvent) throws -> Void = { _ in }
  ) throws {
    try self.init(
      configuration, in: time, output: output,
      measuring: min(20, max(0.5, time.seconds * Self.measuringShare)), observe: observe)
  }

  /// Does the same with another measuring time, in seconds.
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
    // The schedule stays at its beginning, and no refit follows.
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

  /// The epochs and their time in one line, without a full stop.
  package var description: String {
    let epochs = configuration.optimization.epochs
    let one = "\(secondsPerEpoch.rounded(toDigits: 2).shortText) s"
    return epochs < Self.most * usual
      ? "\(epochs) epochs fit in \(time): one takes about \(one); \(usual) are usual for these images"
      : "\(epochs) epochs of about \(one) are less than \(time), and more would hardly help"
  }
}

extension TrainingRun {
  /// The minibatches of each epoch, where those of a refit count for the epoch that they repeat.
  fileprivate var stepsPerEpoch: Int {
    let options = configuration.optimization
    let search = options.cut(of: training.count).stepsPerEpoch
    guard options.refits, let validation else { return search }
    return search + options.cut(of: training.count + validation.count).stepsPerEpoch
  }
}
