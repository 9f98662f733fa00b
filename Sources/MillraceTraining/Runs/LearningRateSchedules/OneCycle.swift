/// One rise to the base learning rate and one long fall far below it, both along half a cosine.
///
/// The momentum does not change. Source: Smith and Topin, "Super-convergence", 2017, with the numbers of
/// PyTorch.
struct OneCycle {
  static let parameters = [
    NamedParameter("rise", default: 0.3, .above(0, below: 1), "share of the run that goes up"),
    NamedParameter("start", default: 0.04, .above(0, to: 1), "factor at the start"),
    NamedParameter("end", default: 4e-6, .from(0, to: 1), "factor at the end"),
  ]

  private let rise: Double
  private let start: Double
  private let end: Double

  init(_ schedule: LearningRateSchedule) {
    rise = schedule["rise"]
    start = schedule["start"]
    end = schedule["end"]
  }

  /// The factor at a share of the run, from 0 to 1.
  func factor(at progress: Double) -> Double {
    progress < rise
      ? halfCosine(from: start, to: 1, at: progress / rise)
      : halfCosine(from: 1, to: end, at: (progress - rise) / (1 - rise))
  }
}
