import ArgumentParser
import MillraceModels
import MillraceWorkshop

/// From where on check calls a picture suspect.
struct QualityFlags: ParsableArguments {
  private static let standard = QualityThresholds()

  @Option(
    help: Self.help("A picture is blurred where it is less sharp than this; 0 finds none", standard.blurred))
  var blurred: Double?

  @Option(
    help: Self.help(
      "A picture is dark where 99 of 100 pixels are below this level; 0 finds none", standard.dark))
  var dark: Double?

  @Option(
    help: Self.help(
      "A picture is bright where 99 of 100 pixels are above this level; 1 finds none", standard.bright))
  var bright: Double?

  @Option(
    help: Self.help("A picture is blank where its levels span less than this; 0 finds none", standard.blank))
  var blank: Double?

  @Option(
    help: Self.help(
      "A picture is odd where one side is more than so many times the other", standard.oddRatio))
  var oddRatio: Double?

  private static func help(_ text: String, _ value: Double) -> ArgumentHelp {
    ArgumentHelp("\(text) (default: \("\(value)".replacing(#/\.0$/#, with: ""))).", valueName: "number")
  }

  /// The library's form.
  func thresholds() throws(ConfigurationError) -> QualityThresholds {
    var thresholds = QualityThresholds()
    if let blurred { thresholds.blurred = blurred }
    if let dark { thresholds.dark = dark }
    if let bright { thresholds.bright = bright }
    if let blank { thresholds.blank = blank }
    if let oddRatio { thresholds.oddRatio = oddRatio }
    try thresholds.validate()
    return thresholds
  }
}
