/// Curves over the epochs, or over learning rates.
struct LinePlot: Sendable {
  /// One curve.
  struct Series: Sendable {
    var name: String
    /// The curve's colour: that of the first is 1. Where there are more curves than colours, colours are reused
    /// with dashes.
    var color: Int
    var isDashed = false
    /// The points: epoch, from 1, or rate, and value; a value that is not a number leaves a gap.
    var points: [(x: Double, y: Double)]
  }

  /// The form in which values are written, and their range.
  enum Scale: Sendable {
    case number, share, rate

    var limits: ClosedRange<Double>? { self == .share ? 0...1 : 0...(.greatestFiniteMagnitude) }

    func text(_ value: Double) -> String {
      switch self {
      case .number: Figures.significant(value)
      case .share: Figures.percent(value, digits: 2)
      case .rate: Figures.rate(value)
      }
    }

    func tick(_ value: Double) -> String {
      switch self {
      case .number: Figures.significant(value)
      case .share: Figures.significant(value * 100) + " %"
      case .rate: Figures.shortRate(value)
      }
    }
  }

  /// What the horizontal axis shows.
  enum Across: Sendable {
    /// Epochs.
    case epochs
    /// Learning rates, on a logarithmic axis.
    case rates
    /// Shares from 0 to 1, with the name of what is shared.
    case shares(String)

    func axis(_ values: [Double]) -> PlotAxis {
      switch self {
      case .epochs: PlotAxis(epochs: values)
      case .rates: PlotAxis(powersAround: values)
      case .shares: PlotAxis(values, within: 0...1)
      }
    }

    var name: String {
      switch self {
      case .epochs: "epoch"
      case .rates: "learning rate"
      case .shares(let name): name
      }
    }

    func text(_ value: Double) -> String {
      if case .shares = self { Figures.significant(value * 100) + " %" } else { Figures.significant(value) }
    }
  }

  var title: String
  var note: String?
  var scale: Scale
  var across = Across.epochs
  var series: [Series]
  /// Places on the horizontal axis that are marked, such as the best epoch, with a text for each.
  var marks: [(at: Double, text: String)] = []
  /// Whether the axis begins at zero.
  var fromZero = false

  /// With more points than this, single points can no longer be told apart.
  private static let largestLabelled = 400
  private static let colors = 8
  /// The number of curves that are described in words.
  private static let mostSpoken = 8

  /// The picture with its title and legend.
  var markup: Markup {
    let points = series.flatMap(\.points).filter(\.y.isFinite)
    let x = across.axis(points.map(\.x))
    let y = PlotAxis(points.map(\.y) + (fromZero ? [0] : []), within: scale.limits)
    let frame = PlotFrame(
      x: x, y: y, xName: across.name, xText: across.text, yText: scale.tick)
    var content = marks.enumerated().map { index, mark in
      let place = frame.across(mark.at)
      return frame.line(Self.markStyle(index), (place, frame.top), (place, frame.bottom))
    }
    content += series.map { curve($0, in: frame) }
    if points.count <= Self.largestLabelled {
      content += series.flatMap { series in series.points.compactMap { hint($0, of: series, in: frame) } }
    }
    return tag(
      "figure", ["class": "plot"],
      tag(
        "figcaption", [:], .text(title), note.map { tag("small", [:], .text($0)) } ?? .empty),
      series.count > 1 || !marks.isEmpty ? legend : .empty,
      frame.drawing(spoken, content))
  }

  /// The title with the end of each curve, for people who do not see it.
  private var spoken: String {
    let ends = series.prefix(Self.mostSpoken).compactMap { series in
      series.points.last.map {
        "\(series.name) \(scale.text($0.y)) at \(across.name) \(across.text($0.x))"
      }
    }
    return ends.isEmpty ? title : "\(title): \(ends.joined(separator: ", "))"
  }

  private func curve(_ series: Series, in frame: PlotFrame) -> Markup {
    var path = ""
    var isOpen = false
    for point in series.points {
      guard point.y.isFinite else {
        isOpen = false
        continue
      }
      path += "\(isOpen ? "L" : "M")\(frame.across(point.x).coordinate) \(frame.up(point.y).coordinate)"
      isOpen = true
    }
    if series.points.count == 1, let only = series.points.first, only.y.isFinite {
      return tag(
        "circle",
        [
          "class": "dot f\(Self.colorNumber(series))", "cx": frame.across(only.x).coordinate,
          "cy": frame.up(only.y).coordinate, "r": "3",
        ])
    }
    return tag("path", ["class": Self.style(series), "d": path])
  }

  /// An invisible disc that shows its value when it is pointed at.
  private func hint(_ point: (x: Double, y: Double), of series: Series, in frame: PlotFrame) -> Markup? {
    guard point.y.isFinite else { return nil }
    let text = "\(series.name), \(across.name) \(across.text(point.x)): \(scale.text(point.y))"
    return tag(
      "circle",
      [
        "class": "hit", "cx": frame.across(point.x).coordinate, "cy": frame.up(point.y).coordinate, "r": "5",
      ],
      tag("title", [:], .text(text)))
  }

  private var legend: Markup {
    let entries = series.map { series in
      (series.name, Self.sample(Self.style(series)))
    }
    let marked = marks.enumerated().map { index, mark in
      ("\(mark.text): \(across.text(mark.at))", Self.sample(Self.markStyle(index)))
    }
    return tag(
      "div", ["class": "legend"],
      (entries + marked).map { name, sample in tag("span", [:], sample, .text(name)) })
  }

  fileprivate static func sample(_ style: String) -> Markup {
    tag(
      "svg", ["viewBox": "0 0 22 8", "aria-hidden": "true", "xmlns": "http://www.w3.org/2000/svg"],
      tag("line", ["class": style, "x1": "1", "y1": "4", "x2": "21", "y2": "4"]))
  }

  /// Each mark has longer dashes than the one before.
  private static func markStyle(_ index: Int) -> String {
    ["mark", "mark second", "mark third"][min(index, 2)]
  }

  private static func colorNumber(_ series: Series) -> Int { (series.color - 1) % colors + 1 }

  fileprivate static func style(_ series: Series) -> String {
    let isDashed = series.isDashed != (series.color > colors)
    return "line c\(colorNumber(series))" + (isDashed ? " dashed" : "")
  }
}

extension Markup {
  /// A key to the lines of all plots in a section, the first colour first, with longer texts than a legend has room
  /// for.
  static func key(_ names: [String]) -> Markup {
    tag(
      "ul", ["class": "key"],
      names.enumerated().map { index, name in
        let style = LinePlot.style(LinePlot.Series(name: name, color: index + 1, points: []))
        return tag("li", [:], LinePlot.sample(style), tag("span", [:], .text(name)))
      })
  }
}
