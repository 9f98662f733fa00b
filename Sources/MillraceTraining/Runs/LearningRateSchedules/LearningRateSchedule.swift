#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The learning-rate schedules by name: the registry that flags and configuration files share.
public enum LearningRateScheduleKind: String, NamedKind {
  /// 1 throughout.
  case constant
  /// Multiplied by `factor` after every `epochs` epochs.
  case step
  /// `decay` to the power of the epochs done.
  case exponential
  /// 1 / (1 + `decay` · epochs done). Source: Robbins and Monro, "A stochastic approximation method", 1951.
  case inverseTime = "inverse-time"
  /// From 1 to 0 along half a cosine. Source: Loshchilov and Hutter, "SGDR", 2017.
  case cosine
  /// Up, then down: see `OneCycle`.
  case oneCycle = "one-cycle"
  /// Down whenever the validation loss stops falling: see `PlateauState`.
  case plateau

  /// The name of the setting.
  public static var setting: String { "schedule" }

  /// The numbers that may follow each name.
  public var parameters: [NamedParameter] {
    switch self {
    case .constant, .cosine: []
    case .step: Self.stepParameters
    case .exponential: Self.exponentialParameters
    case .inverseTime: Self.inverseTimeParameters
    case .oneCycle: OneCycle.parameters
    case .plateau: PlateauState.parameters
    }
  }

  private static let stepParameters = [
    NamedParameter("epochs", default: 10, .from(1, to: 1e6), isWhole: true, "epochs between two drops"),
    NamedParameter("factor", default: 0.1, .above(0, to: 1), "of each drop"),
  ]
  private static let exponentialParameters = [
    NamedParameter("decay", default: 0.95, .above(0, to: 1), "factor of each epoch")
  ]
  private static let inverseTimeParameters = [
    NamedParameter("decay", default: 0.1, .above(0, to: 1000), "how much the divisor grows each epoch")
  ]

  /// Whether the schedule is planned for a number of epochs, and ends with them.
  var isPlannedToItsEnd: Bool { self == .cosine || self == .oneCycle }

  /// Whether the schedule follows the validation loss, so that it would do nothing without one.
  public var needsValidation: Bool { self == .plateau }
}

/// The course of the learning rate over a run, written `cosine` or `step:epochs=10;factor=0.1`.
public typealias LearningRateSchedule = NamedChoice<LearningRateScheduleKind>

extension NamedChoice<LearningRateScheduleKind> {
  /// 1 throughout.
  public static var constant: LearningRateSchedule { LearningRateSchedule(.constant) }
  /// From 1 to 0 along half a cosine.
  public static var cosine: LearningRateSchedule { LearningRateSchedule(.cosine) }

  /// The factor on the base learning rate at a moment of the run: a pure function.
  ///
  /// - Parameters:
  ///   - epoch: The epochs done since the warm-up, with a fraction.
  ///   - epochs: The epochs of the whole run after the warm-up.
  ///   - validationLosses: The loss on the validation samples after each epoch so far.
  public func factor(
    atEpoch epoch: Double, of epochs: Double, validationLosses: [Double] = []
  ) -> Double {
    switch kind {
    case .constant: 1
    case .step: pow(self["factor"], (epoch / self["epochs"]).rounded(.down))
    case .exponential: pow(self["decay"], epoch)
    case .inverseTime: 1 / (1 + self["decay"] * epoch)
    case .cosine: epochs > 0 ? halfCosine(from: 1, to: 0, at: epoch / epochs) : 1
    case .oneCycle: OneCycle(self).factor(at: epochs > 0 ? epoch / epochs : 0)
    case .plateau: PlateauState(self, after: validationLosses).factor
    }
  }
}

/// A value between two others, along half a cosine.
///
/// - Parameter progress: From 0 to 1; beyond 1 the value stays at the end.
func halfCosine(from start: Double, to end: Double, at progress: Double) -> Double {
  end + (start - end) * 0.5 * (1 + cos(.pi * min(1, progress)))
}
