/// All images in the order of their output for one class, largest first: how well the class is told from all others,
/// whatever the threshold.
///
/// Images with equal outputs are taken together: no threshold lies between them.
public struct ClassRanking: Sendable {
  /// A threshold's consequences. Positives are the images of the class.
  public struct Point: Sendable, Hashable {
    /// Images with at least this output are taken for the class.
    public let threshold: Float
    /// The share of the positives that are taken for the class: recall, sensitivity.
    public let truePositiveRate: Double
    /// The share of the others that are taken for the class, 1 − specificity.
    public let falsePositiveRate: Double
    /// The share of the images taken for the class that are positives.
    public let precision: Double
  }

  private let outputs: [Float]
  private let images: [Int32]
  private let isPositive: [Bool]

  /// Sorts the images by one class's outputs.
  public init(_ labelled: LabelledOutputs, class label: Int) {
    let values = (0..<labelled.count).map { labelled[$0, label] }
    // What is no number ranks last.
    let keys = values.map { $0.isNaN ? -Float.infinity : $0 }
    let order = keys.indices.sorted { (keys[$0], $1) > (keys[$1], $0) }
    outputs = order.map { keys[$0] }
    images = order.map { Int32($0) }
    isPositive = order.map { Int(labelled.labels[$0]) == label }
  }

  /// The areas under both curves; nil where there are no positives, or no others.
  public struct Areas: Sendable, Hashable {
    /// The area under the receiver operating characteristic: how probable it is that an image of the class has a larger
    /// output than one of another class, from 0 to 1, where ties count half; 0.5 is chance.
    public let roc: Double
    /// The average precision Σ (Rₙ − Rₙ₋₁)·Pₙ over the thresholds n, with recall R and precision P: the area under the
    /// precision-recall curve, as steps; the share of the class is chance.
    public let averagePrecision: Double
  }

  /// The areas, where each image counts as often as its weight says; nil: once.
  public func areas(weights: [Int32]? = nil) -> Areas? {
    var (positives, others) = (0, 0)
    var (twiceBelow, precisionSum) = (0.0, 0.0)
    var group = (positives: 0, others: 0)
    for place in images.indices {
      let weight = weights.map { Int($0[Int(images[place])]) } ?? 1
      if isPositive[place] { group.positives += weight } else { group.others += weight }
      if place + 1 < images.count, outputs[place + 1] == outputs[place] { continue }
      twiceBelow += Double(group.others) * Double(2 * positives + group.positives)
      positives += group.positives
      others += group.others
      if group.positives > 0 {
        precisionSum += Double(group.positives) * Double(positives) / Double(positives + others)
      }
      group = (0, 0)
    }
    guard positives > 0, others > 0 else { return nil }
    return Areas(
      roc: twiceBelow / (2 * Double(positives) * Double(others)),
      averagePrecision: precisionSum / Double(positives))
  }

  /// The curves, from the largest threshold to the smallest, thinned out to what can be drawn; empty where there are no
  /// positives, or no others.
  ///
  /// - Parameter limit: About the most points, at least 2; the last is always among them.
  public func curve(limit: Int = 200) -> [Point] {
    let total = isPositive.count { $0 }
    guard total > 0, total < images.count else { return [] }
    var points: [Point] = []
    var positives = 0
    for place in images.indices {
      if isPositive[place] { positives += 1 }
      if place + 1 < images.count, outputs[place + 1] == outputs[place] { continue }
      points.append(
        Point(
          threshold: outputs[place], truePositiveRate: Double(positives) / Double(total),
          falsePositiveRate: Double(place + 1 - positives) / Double(images.count - total),
          precision: Double(positives) / Double(place + 1)))
    }
    return Self.thinned(points, limit: limit)
  }

  /// Points that lie as far apart as a drawing of so many of them can show.
  private static func thinned(_ points: [Point], limit: Int) -> [Point] {
    guard points.count > limit, let last = points.last else { return points }
    let step = 2 / Double(limit)
    var kept: [Point] = []
    for point in points {
      if let before = kept.last,
        abs(point.truePositiveRate - before.truePositiveRate)
          + abs(point.falsePositiveRate - before.falsePositiveRate)
          < step
      {
        continue
      }
      kept.append(point)
    }
    if kept.last != last { kept.append(last) }
    return kept
  }
}
