import Millrace

extension PageSection {
  /// How far the probabilities can be trusted.
  static func calibration(_ record: RunRecord) -> PageSection? {
    guard let validation = record.validation, let calibration = validation.calibration else { return nil }
    return PageSection(
      id: "calibration", title: "Calibration",
      content: [
        .plots([ReliabilityPlot(calibration: calibration).markup]),
        note(
          "Expected calibration error \(Figures.percent(calibration.expectedError)) in the validation of epoch "
            + "\(validation.epoch + 1). Bars below the line: surer than right."),
      ])
  }
}

/// The share of right predictions over their confidence.
struct ReliabilityPlot: Sendable {
  let calibration: Calibration

  var markup: Markup {
    let axis = PlotAxis([0, 1], within: 0...1)
    let frame = PlotFrame(x: axis, y: axis)
    let width = 1 / Double(Calibration.binCount)
    let bars = calibration.bins.enumerated().filter { $0.element.count > 0 }.map { index, bin in
      let (left, right) = (frame.across(Double(index) * width), frame.across(Double(index + 1) * width))
      let text =
        "confidence \(Figures.percent(bin.meanConfidence)), right \(Figures.percent(bin.accuracy)) "
        + "of \(Figures.count(bin.count, "image"))"
      return tag(
        "rect",
        [
          "class": "bar f1", "x": (left + 0.7).coordinate, "y": frame.up(bin.accuracy).coordinate,
          "width": (right - left - 1.4).coordinate,
          "height": max(1, frame.bottom - frame.up(bin.accuracy)).coordinate,
        ], tag("title", [:], .text(text)))
    }
    let diagonal = frame.line("mark", (frame.across(0), frame.up(0)), (frame.across(1), frame.up(1)))
    let percent: (Double) -> String = { Figures.significant($0 * 100) + " %" }
    return tag(
      "figure", ["class": "plot"],
      tag("figcaption", [:], "Right predictions", tag("small", [:], "by the confidence they were made with")),
      frame.drawing("right predictions by confidence", xText: percent, yText: percent, bars + [diagonal]))
  }
}
