import ArgumentParser
import MillraceWorkshop

/// What preview shows, and where it goes.
struct PreviewOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Source images, the classes in turn (default: \(Self.standard.count)).", valueName: "n"))
  var count: Int?

  @Option(
    help: ArgumentHelp("Variants of each (default: \(Self.standard.variants)).", valueName: "n"))
  var variants: Int?

  @Option(
    help: ArgumentHelp(
      "The epoch that the first variant belongs to, counted from 0 (default: \(Self.standard.epoch)).",
      valueName: "n"))
  var epoch: Int?

  @Option(
    help: ArgumentHelp(
      "Show one augmentation alone, at strengths from one end of its range to the other.",
      valueName: "name[:range]"),
    completion: .setting("augment"))
  var only: String?

  @Option(
    help: ArgumentHelp(
      "The format of the images (default: \(Self.standard.format.rawValue)).", valueName: "format"))
  var format: MillraceWorkshop.Preview.FileFormat?

  @Option(
    help: ArgumentHelp("The folder to write into: new, or empty (default: previews).", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Replace what an earlier preview has written into that folder.")
  var replace = false

  private static let standard = MillraceWorkshop.Preview()
}
