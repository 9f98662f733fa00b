/// The state of a learning rate that drops whenever the validation loss no longer falls.
///
/// A loss counts as lower if it is below the lowest so far by more than the share `improvement` of it. After
/// more than `patience` epochs in a row without a lower loss, the factor drops and the count begins anew. A
/// loss that is not a number is never lower.
package struct PlateauState: Sendable, Hashable {
  static let parameters = [
    NamedParameter("factor", default: 0.1, .above(0, below: 1), "of each drop"),
    NamedParameter(
      "patience", default: 5, .from(0, to: 1e6), isWhole: true,
      "epochs in a row that may be without a lower loss"),
    NamedParameter(
      "improvement", default: 1e-4, .from(0, below: 1), "share by which a loss must be lower to count"),
  ]

  /// The factor on the base learning rate.
  package private(set) var factor = 1.0
  /// The lowest loss so far; infinite before the first.
  package private(set) var lowest = Double.infinity
  /// The epochs in a row without a lower loss.
  package private(set) var waited = 0

  private let drop: Double
  private let patience: Int
  private let improvement: Double

  /// The state after some epochs.
  ///
  /// - Parameters:
  ///   - schedule: A schedule of the kind `plateau`.
  ///   - losses: The validation loss of each epoch, in order.
  package init(_ schedule: LearningRateSchedule, after losses: [Double] = []) {
    drop = schedule["factor"]
    patience = Int(schedule["patience"])
    improvement = schedule["improvement"]
    for loss in losses { add(loss) }
  }

  /// Adds the validation loss of one more epoch.
  package mutating func add(_ loss: Double) {
    if loss < lowest - improvement * abs(lowest) || lowest == .infinity && loss < lowest {
      lowest = loss
      waited = 0
    } else {
      waited += 1
    }
    if waited > patience {
      factor *= drop
      waited = 0
    }
  }
}
