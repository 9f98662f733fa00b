import Foundation
package import MillraceModels
import MillraceTraining

/// How numbers are written for people.
package enum Figures {
  /// A whole number with separated thousands: `12,345`.
  package static func count(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.append(String(digits.suffix(3)))
      digits.removeLast(3)
    }
    groups.append(digits)
    return (value < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }

  /// A number of things with its noun: `1 image`, `2 images`.
  package static func count(_ value: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count(value)) \(value == 1 ? noun : plural ?? noun + "s")"
  }

  /// A number of bytes in the unit that suits it, in powers of 1024: 48.3 MiB.
  package static func bytes(_ count: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(count)
    var unit = 0
    while value >= 1000, unit + 1 < units.count {
      value /= 1024
      unit += 1
    }
    return "\(unit == 0 ? String(count) : fixed(value, 1)) \(units[unit])"
  }

  /// A rate with three figures or its whole part: `12,345`, `87.3`.
  package static func rate(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "–" }
    return value.magnitude < 99.95 ? fixed(value, 1) : count(Int(value.rounded()))
  }

  /// A rate in few columns: `12.3k`, `873`.
  package static func shortRate(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    switch value {
    case ..<999.5: return fixed(value, 0)
    case ..<99_950: return fixed(value / 1e3, 1) + "k"
    case ..<999_500: return fixed(value / 1e3, 0) + "k"
    default: return fixed(value / 1e6, 1) + "M"
    }
  }

  /// A share from 0 to 1 as a percentage: `91.2 %`; `–` where there is none.
  package static func percent(_ share: Double?, digits: Int = 1) -> String {
    guard let share, share.isFinite else { return "–" }
    return fixed(share * 100, digits) + " %"
  }

  /// A share of right answers with the interval that holds the true share with 95 % confidence:
  /// `91.2 % (86.3–94.5)`; a dash where there are no answers.
  package static func accuracy(correct: Int, of count: Int, digits: Int = 1) -> String {
    guard let interval = WilsonInterval(successes: correct, of: count) else { return "–" }
    return "\(percent(Double(correct) / Double(count), digits: digits)) "
      + "(\(fixed(interval.lower * 100, digits))–\(fixed(interval.upper * 100, digits)))"
  }

  /// The range of a share's true value with 95 % confidence: `(86.3–94.5)`, in percent; empty where it is not
  /// known.
  package static func percents(_ interval: ClosedRange<Double>?, digits: Int = 1) -> String {
    interval.map { "(\(fixed($0.lowerBound * 100, digits))–\(fixed($0.upperBound * 100, digits)))" } ?? ""
  }

  /// The range of a figure's true value with 95 % confidence: `(0.1021–0.1530)`; empty where it is not known.
  package static func interval(_ interval: ClosedRange<Double>?, digits: Int) -> String {
    interval.map { "(\(fixed($0.lowerBound, digits))–\(fixed($0.upperBound, digits)))" } ?? ""
  }

  /// The mean of several accuracies and their deviation: `91.2 ± 1.4 % over 5`.
  package static func accuracy(_ accuracy: MeanDeviation, digits: Int = 2) -> String {
    let spread = accuracy.deviation.map { " ± \(fixed($0 * 100, digits))" } ?? ""
    return "\(fixed(accuracy.mean * 100, digits))\(spread) % over \(accuracy.count)"
  }

  /// A number with a fixed number of decimals; a huge one, such as the loss of a run that diverges, as `1.2e+09`;
  /// `–` where there is none.
  package static func fixed(_ value: Double?, _ digits: Int) -> String {
    guard let value else { return "–" }
    return value.magnitude < 1e7 ? String(format: "%.\(digits)f", value) : String(format: "%.1e", value)
  }

  /// A number with four significant figures and no more zeros than needed: `0.05`, `1e-04`.
  package static func significant(_ value: Double) -> String {
    String(format: "%.4g", value)
  }

  /// A time: `0:07`, `12:34`, `1:02:03`.
  package static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "–" }
    let whole = Int(max(0, seconds).rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
  }

  /// A duration with its unit: `0.4 s`, `12.3 s`, `12:34`.
  package static func duration(_ seconds: Double) -> String {
    seconds < 60 ? fixed(max(0, seconds), 1) + " s" : clock(seconds)
  }

  /// The widths of a network, or its stem and what follows it: `784-800-10`, `conv:32,64,128, then 128-10`.
  static func network(_ network: NetworkConfiguration) -> String {
    guard let stem = network.stem else { return widths(network.widths) }
    return "\(stem.convolutions.shortText), then \(widths(Array(network.widths.dropFirst())))"
  }

  /// The widths of a network: `784-800-10`.
  package static func widths(_ widths: [Int]) -> String {
    widths.map(String.init).joined(separator: "-")
  }
}
