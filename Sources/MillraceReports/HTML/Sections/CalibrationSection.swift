import MillraceModels

extension PageSection {
  /// How far the probabilities can be trusted.
  static func calibration(_ record: RunRecord) -> PageSection? {
    guard let validation = record.validation, let calibration = validation.calibration else { return nil }
    return self.calibration(
      calibration, of: validation.title,
      then: record.temperature.map {
        "At the end of the run the model's probabilities were calibrated, as measured on the images that this was fitted to: "
          + "\(TemperatureText(fit: $0).text)."
      })
  }

  /// How far probabilities can be trusted.
  ///
  /// - Parameters:
  ///   - calibration: The counted predictions.
  ///   - images: The images that were predicted, in words.
  ///   - more: What was done about it, in a sentence.
  static func calibration(
    _ calibration: Calibration, of images: String, then more: String? = nil
  ) -> PageSection {
    PageSection(
      id: "calibration", title: "Calibration",
      content: [
        tag(
          "div", ["class": "beside"], ReliabilityPlot(calibration: calibration).markup, table(of: calibration)
        ),
        note(
          "\(images): expected calibration error \(Figures.percent(calibration.expectedError)). Bars below the line: more confident than correct."
        ),
      ] + [more.map { note($0) }].compactMap { $0 })
  }

  /// The values of the bars, in numbers.
  private static func table(of calibration: Calibration) -> Markup {
    let width = 100 / Double(Calibration.binCount)
    let rows = calibration.bins.enumerated().filter { $0.element.count > 0 }.map { index, bin in
      tag(
        "tr", [:],
        tag(
          "th", ["scope": "row"],
          .text("\(Figures.fixed(Double(index) * width, 0))–\(Figures.fixed(Double(index + 1) * width, 0)) %")
        ),
        tag("td", [:], .text(Figures.count(bin.count))),
        tag("td", [:], .text(Figures.percent(bin.meanConfidence))),
        tag("td", [:], .text(Figures.percent(bin.accuracy))))
    }
    return .table(
      "How often predictions of each confidence are right",
      columns: ["confidence", "images", "mean confidence", "right"].map { .column($0) }, rows: rows)
  }
}

/// The share of right predictions over their confidence.
struct ReliabilityPlot: Sendable {
  let calibration: Calibration

  var markup: Markup {
    let axis = PlotAxis([0, 1], within: 0...1)
    let percent: (Double) -> String = { Figures.significant($0 * 100) + " %" }
    let frame = PlotFrame(
      x: axis, y: axis, xName: "confidence", yName: "share that is right", xText: percent, yText: percent)
    let width = 1 / Double(Calibration.binCount)
    let bars = calibration.bins.enumerated().compactMap { index, bin -> Markup? in
      guard let accuracy = bin.accuracy else { return nil }
      let (left, right) = (frame.across(Double(index) * width), frame.across(Double(index + 1) * width))
      let text =
        "confidence \(Figures.percent(bin.meanConfidence)), right \(Figures.percent(accuracy)) "
        + "of \(Figures.count(bin.count, "image"))"
      return tag(
        "rect",
        [
          "class": "bar f1", "x": (left + 0.7).coordinate, "y": frame.up(accuracy).coordinate,
          "width": (right - left - 1.4).coordinate,
          "height": max(1, frame.bottom - frame.up(accuracy)).coordinate,
        ], tag("title", [:], .text(text)))
    }
    let diagonal = frame.line("mark", (frame.across(0), frame.up(0)), (frame.across(1), frame.up(1)))
    return tag(
      "figure", ["class": "plot reliability"],
      tag("figcaption", [:], "Right predictions", tag("small", [:], "by the confidence they were made with")),
      frame.drawing("right predictions by confidence", bars + [diagonal]))
  }
}
