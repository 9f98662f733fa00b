import Foundation

/// The frame of a plot: the drawing's size, the place of a value in it, grid and numbers.
///
/// A plot is as wide as a telephone's screen; on larger screens plots are laid in columns, so their text keeps its
/// size.
struct PlotFrame {
  static let width = 360.0
  let height: Double
  let x: PlotAxis
  let y: PlotAxis
  private let margin: (left: Double, right: Double, top: Double, bottom: Double)

  /// What the numbers below count, and what those on the left count where the title does not say it.
  private let names: (x: String?, y: String?)
  /// How numbers are written along the axis below, and along the axis on the left.
  private let texts: (x: (Double) -> String, y: (Double) -> String)

  /// The approximate width of a character of a label.
  private static let characterWidth = 6.3

  /// Makes a frame.
  ///
  /// - Parameters:
  ///   - x: The axis below.
  ///   - y: The axis on the left.
  ///   - xName: What the numbers below count.
  ///   - yName: What the numbers on the left count, where the title does not say it.
  ///   - height: The height of the plot without names.
  ///   - left: The least room on the left; long numbers get more.
  ///   - xText: How a number is written below.
  ///   - yText: How a number is written on the left.
  init(
    x: PlotAxis, y: PlotAxis, xName: String? = nil, yName: String? = nil, height: Double = 200,
    left: Double = 46, xText: @escaping (Double) -> String, yText: @escaping (Double) -> String
  ) {
    self.x = x
    self.y = y
    names = (xName, yName)
    texts = (xText, yText)
    let (above, below) = (yName == nil ? 8.0 : 22, xName == nil ? 26.0 : 40)
    self.height = height + above - 8 + below - 26
    func width(_ text: String) -> Double { Double(text.count) * Self.characterWidth }
    let beside = y.ticks.map { width(yText($0)) + 8 }.max() ?? 0
    let first = x.ticks.first.map { width(xText($0)) / 2 } ?? 0
    let last = x.ticks.last.map { width(xText($0)) / 2 } ?? 0
    margin = (max(left, beside, first), max(18, last), above, below)
  }

  var left: Double { margin.left }
  var right: Double { Self.width - margin.right }
  var top: Double { margin.top }
  var bottom: Double { height - margin.bottom }

  func across(_ value: Double) -> Double { left + x.place(value) * (right - left) }
  func up(_ value: Double) -> Double { bottom - min(1, max(0, y.place(value))) * (bottom - top) }

  /// The drawing.
  ///
  /// - Parameters:
  ///   - title: What the drawing shows, for people who do not see it.
  ///   - content: The contents of the frame.
  func drawing(_ title: String, _ content: [Markup]) -> Markup {
    let rows = y.ticks.flatMap { value in
      [
        line("grid", (left, up(value)), (right, up(value))),
        label(texts.y(value), left - 6, up(value) + 3.8, anchor: "end"),
      ]
    }
    let columns = x.ticks.map { value in
      label(texts.x(value), across(value), bottom + 17, anchor: "middle")
    }
    return tag(
      "svg",
      [
        "viewBox": "0 0 \(Self.width.coordinate) \(height.coordinate)", "role": "img", "aria-label": title,
        "xmlns": "http://www.w3.org/2000/svg",
      ],
      rows + columns + titles + [line("axis", (left, bottom), (right, bottom))] + content)
  }

  private var titles: [Markup] {
    [
      names.x.map { label($0, (left + right) / 2, height - 5, anchor: "middle") },
      names.y.map { label($0, 2, 11, anchor: "start") },
    ].compactMap { $0 }
  }

  func line(_ style: String, _ from: (Double, Double), _ to: (Double, Double)) -> Markup {
    tag(
      "line",
      [
        "class": style, "x1": from.0.coordinate, "y1": from.1.coordinate, "x2": to.0.coordinate,
        "y2": to.1.coordinate,
      ])
  }

  private func label(_ text: String, _ x: Double, _ y: Double, anchor: String) -> Markup {
    if text.isEmpty { return .empty }
    return tag("text", ["x": x.coordinate, "y": y.coordinate, "text-anchor": anchor], .text(text))
  }
}

extension Double {
  /// A coordinate in a drawing, to a tenth.
  var coordinate: String {
    let text = String(format: "%.1f", self)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
