import MillraceNetwork
import MillraceTraining

/// The state of a run as one line: the same figures in several lengths, of which the longest that fits is shown.
struct ProgressLine {
  /// The number of columns; nil: as many as needed.
  var columns: Int?
  /// Whether the bar may use characters beyond ASCII.
  var usesUnicode = true
  /// Whether the bar is coloured.
  var usesColor = false
  /// The name of this run among several, shown where there is room.
  var label: String?

  /// One part of a line.
  private enum Piece {
    case text(String)
    /// A bar of at least this many columns.
    case bar(narrowest: Int, share: Double)
    /// Text that stands out.
    case emphasis(String)
  }

  private static let widestBar = 30

  /// The line within an epoch.
  ///
  /// - Parameters:
  ///   - report: The state of the epoch.
  ///   - secondsLeft: The time that the rest of the run takes.
  func step(_ report: StepReport, secondsLeft: Double) -> String {
    let epoch = report.epoch
    let short = "\(epoch.epoch + 1)/\(epoch.epochs)"
    let share = Double(report.step) / Double(max(1, report.stepsPerEpoch))
    let percent = Figures.percent(share, digits: 0).padded(to: 5, left: false)
    let rate = epoch.imagesPerSecond
    let left = "ETA \(Figures.clock(secondsLeft))"
    let loss = epoch.training.mean
    let accuracy = epoch.training.accuracy
    let workers = Figures.percent(epoch.computeWait, digits: 0)
    let loaders = Figures.percent(epoch.loaderWait, digits: 0)
    let shortWait = Self.shortWait(epoch)
    return fitted([
      [
        .text("epoch \(short)"), .bar(narrowest: 12, share: share), .text(percent),
        .text("\(Figures.rate(rate)) images/s"), .text(left), .text("loss \(Figures.fixed(loss, 3))"),
        .text("accuracy \(Figures.percent(accuracy))"),
        .text("waiting for images \(workers), loaders for room \(loaders)"),
      ] + Self.ranks(epoch),
      [
        .text(short), .bar(narrowest: 5, share: share), .text("\(Figures.shortRate(rate)) images/s"),
        .text(left), .text("loss \(Figures.fixed(loss, 3))"), .text("acc \(Figures.percent(accuracy))"),
        .text(shortWait),
      ],
      [
        .text(short), .bar(narrowest: 4, share: share), .text("\(Figures.shortRate(rate))/s \(left)"),
        .text("loss \(Figures.fixed(loss, 2)) acc \(Figures.percent(accuracy, digits: 0)) \(shortWait)"),
      ],
      [
        .text(short), .bar(narrowest: 4, share: share), .text("\(Figures.shortRate(rate))/s"), .text(left),
        .text("loss \(Figures.fixed(loss, 2))"), .text("acc \(Figures.percent(accuracy, digits: 0))"),
      ],
      [.text(short), .bar(narrowest: 4, share: share), .text(left), .text("loss \(Figures.fixed(loss, 2))")],
      [.text(short), .bar(narrowest: 4, share: share), .text(left)],
      [.text(short), .text(percent)],
    ])
  }

  /// The line that remains of an epoch.
  func epoch(_ report: EpochReport) -> String {
    let epochs = String(report.epochs)
    let short = String(report.epoch + 1).padded(to: epochs.count, left: false) + "/" + epochs
    let training = report.training
    let workers = Figures.percent(report.computeWait, digits: 0)
    let loaders = Figures.percent(report.loaderWait, digits: 0)
    let best: [Piece] = report.isBest ? [.emphasis("best")] : []

    var validationInFull: [Piece] = []
    var validationInShort: [Piece] = []
    var validationAlone: [Piece] = [.text("acc \(Figures.percent(training.accuracy))")]
    if let validation = report.validation {
      validationInFull = [
        .text("val loss \(Figures.fixed(validation.mean, 4))"),
        .text("val accuracy \(Figures.percent(validation.accuracy, digits: 2))"),
      ]
      validationInShort = [
        .text("val \(Figures.fixed(validation.mean, 3)) \(Figures.percent(validation.accuracy))")
      ]
      validationAlone = [.text("val \(Figures.percent(validation.accuracy))")]
    }
    let trainingInShort: [Piece] = [
      .text("loss \(Figures.fixed(training.mean, 3)) acc \(Figures.percent(training.accuracy))")
    ]
    return fitted([
      [
        .text("epoch \(short)"), .text("loss \(Figures.fixed(training.mean, 4))"),
        .text("accuracy \(Figures.percent(training.accuracy, digits: 2))"),
      ] + validationInFull + [
        .text("lr \(Figures.significant(report.learningRate))"),
        .text("\(Figures.rate(report.imagesPerSecond)) images/s"), .text(Figures.duration(report.seconds)),
        .text("waited for images \(workers), loaders for room \(loaders)"),
      ] + Self.ranks(report) + best,
      [.text(short)] + trainingInShort + validationInShort + [
        .text("\(Figures.shortRate(report.imagesPerSecond))/s"), .text(Self.shortWait(report)),
      ] + best,
      [.text(short)] + trainingInShort + validationInShort + [.text(Figures.duration(report.seconds))] + best,
      [.text(short), .text("loss \(Figures.fixed(training.mean, 3))")] + validationAlone + best,
      [.text(short)] + validationAlone,
    ])
  }

  /// Where several ranks train together: which rank the others waited for, and how much communication took even
  /// there.
  private static func ranks(_ report: EpochReport) -> [Piece] {
    guard let ranks = report.ranks else { return [] }
    let share = Figures.percent(ranks.communication, digits: 0)
    return [
      .text(
        "rank \(ranks.slowest) of \(ranks.count) (\(ranks.host.printable)) slowest, communication \(share)")
    ]
  }

  /// How long the training stood still because it waited for images, in few columns.
  private static func shortWait(_ report: EpochReport) -> String {
    "waiting \(Figures.percent(report.computeWait, digits: 0))"
  }

  /// The first layout that fits; the last one is cut if it must be.
  private func fitted(_ plain: [[Piece]]) -> String {
    let layouts = (label.map { label in plain.map { [.text(label)] + $0 } } ?? []) + plain
    for layout in layouts {
      let width = layout.reduce(2 * (layout.count - 1)) { $0 + narrowest($1) }
      guard let columns else { return drawn(layout, room: .max) }
      if width <= columns { return drawn(layout, room: columns - width) }
    }
    let last = ProgressLine(columns: nil).drawn(layouts.last ?? [], room: 0)
    return last.keepingStart(columns: columns ?? .max)
  }

  private func narrowest(_ piece: Piece) -> Int {
    switch piece {
    case .text(let text), .emphasis(let text): text.displayWidth
    case .bar(let narrowest, _): narrowest
    }
  }

  private func drawn(_ layout: [Piece], room: Int) -> String {
    layout.map { piece in
      switch piece {
      case .text(let text): text
      case .emphasis(let text): usesColor ? "\u{1B}[1;32m\(text)\u{1B}[0m" : text
      case .bar(let narrowest, let share):
        bar(columns: room >= Self.widestBar ? Self.widestBar : min(Self.widestBar, narrowest + room), share)
      }
    }.joined(separator: "  ")
  }

  private func bar(columns: Int, _ share: Double) -> String {
    let filled = Int((Double(columns) * min(1, max(0, share))).rounded(.down))
    let done = String(repeating: usesUnicode ? "━" : "#", count: filled)
    let rest = String(repeating: usesUnicode ? "─" : "-", count: columns - filled)
    return usesColor ? "\u{1B}[36m\(done)\u{1B}[2m\(rest)\u{1B}[0m" : done + rest
  }
}
