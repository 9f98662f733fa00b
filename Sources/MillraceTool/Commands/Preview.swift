import ArgumentParser
import Millrace
import MillraceReports

struct Preview: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Write augmented training images to look at.",
    usage: "millrace preview DATA [options]\nmillrace preview --list",
    discussion: """
      Loads and augments images as train does with the same flags: variant n of an image is what the network sees of it \
      in epoch n. Writes the images, a contact sheet with each original at the left of its variants, and plans.json \
      with the numbers drawn. DATA is only read.

      Examples:
        millrace preview --list
        millrace preview photos --image-size 64 --augment photos
        millrace preview photos --only rotate:30 --count 4 --output rotations

      Next: millrace train DATA with the same flags
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Images") var seed: SeedOption

  @Option(
    help: ArgumentHelp(
      "Source images, the classes in turn (default: \(Self.standard.count)).", valueName: "n"))
  var count: Int?

  @Option(help: ArgumentHelp("Variants of each (default: \(Self.standard.variants)).", valueName: "n"))
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
  var format: Millrace.Preview.FileFormat?

  @Option(
    help: ArgumentHelp("The folder to write into: new, or empty (default: previews).", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Only list every augmentation with its parameters, ranges and defaults.")
  var list = false

  @OptionGroup(title: "Configuration file") var file: ConfigurationOptions
  @OptionGroup var json: JSONOption

  // Accepted so that a train command can be turned into a preview by its first word.
  @OptionGroup(visibility: .hidden) var network: NetworkOptions
  @OptionGroup(visibility: .hidden) var optimizer: OptimizerOptions
  @OptionGroup(visibility: .hidden) var regularization: RegularizationFlags
  @OptionGroup(visibility: .hidden) var reading: ReadingFlags
  @OptionGroup(visibility: .hidden) var badFiles: BadFileFlags
  @OptionGroup(visibility: .hidden) var minibatches: MinibatchOptions
  @OptionGroup(visibility: .hidden) var execution: ExecutionFlags
  @OptionGroup(visibility: .hidden) var cache: CacheOption
  @OptionGroup(visibility: .hidden) var checkpoints: CheckpointFlags

  private static let standard = Millrace.Preview()

  func validate() throws {
    for (flag, isGiven) in [
      ("--count", count != nil), ("--variants", variants != nil), ("--epoch", epoch != nil),
      ("--only", only != nil), ("--format", format != nil), ("--output", output != nil),
    ]
    where list && isGiven {
      throw ValidationError("\(flag) has no effect beside --list; leave one of them out")
    }
    if only != nil && images.augment != nil {
      throw ValidationError("--augment has no effect beside --only; leave one of them out")
    }
  }

  func run() throws {
    if list {
      return try json.show(AugmentationList(AugmentationRegistry.descriptors)) {
        AugmentationListText.lines(AugmentationRegistry.descriptors, width: $0)
      }
    }
    var preview = Millrace.Preview()
    preview.count = count ?? preview.count
    preview.variants = variants ?? preview.variants
    preview.epoch = epoch ?? preview.epoch
    preview.only = only
    preview.format = format ?? preview.format
    let configuration = try file.configuration(
      [
        data, images, seed, network, optimizer, regularization, reading, badFiles, minibatches, execution,
        cache, checkpoints,
      ], idle: .preview)
    let outcome = try preview.write(configuration, to: output ?? "previews")
    for sample in outcome.skipped { Failure.note("skipped \(sample.path): \(sample.reason)") }
    try json.show(PreviewResult(outcome)) { _ in PreviewText.lines(outcome) }
  }
}
