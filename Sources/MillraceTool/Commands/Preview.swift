import ArgumentParser
import MillraceImages
import MillraceModels
import MillraceReports
import MillraceWorkshop

struct Preview: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Write augmented training images to look at.",
    usage: "millrace preview DATA [options]\nmillrace preview --list",
    discussion: """
      Loads and augments images as train does with the same flags: variant n of an image is what the network sees of it \
      in epoch n. Writes the images, preview.html to look at them with class, epoch and what was drawn, a contact sheet \
      with each original at the left of its variants, and plans.json with the numbers drawn. DATA is only read.

      Examples:
        millrace preview --list
        millrace preview photos --image-size 64 --augment photos
        millrace preview photos --only rotate:30 --count 4 --output rotations

      Next: millrace train DATA with the same flags
      """)

  @OptionGroup(title: "Preview") var shown: PreviewOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Images") var seed: SeedOption

  @Flag(help: "Only list every augmentation with its parameters, ranges and defaults.")
  var list = false

  @OptionGroup(title: "Configuration file") var file: ConfigurationOptions
  @OptionGroup(title: "Output") var json: ResultOptions

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

  func validate() throws {
    for (flag, isGiven) in [
      ("--count", shown.count != nil), ("--variants", shown.variants != nil), ("--epoch", shown.epoch != nil),
      ("--only", shown.only != nil), ("--format", shown.format != nil), ("--output", shown.output != nil),
      ("--replace", shown.replace),
    ]
    where list && isGiven {
      throw ValidationError("\(flag) has no effect beside --list; leave one of them out")
    }
    if shown.only != nil && images.augment != nil {
      throw ValidationError("--augment has no effect beside --only; leave one of them out")
    }
  }

  func run() throws {
    if list {
      return try json.show(AugmentationList(AugmentationRegistry.descriptors)) {
        AugmentationListText.lines(AugmentationRegistry.descriptors, width: $0)
      }
    }
    var preview = MillraceWorkshop.Preview()
    preview.count = shown.count ?? preview.count
    preview.variants = shown.variants ?? preview.variants
    preview.epoch = shown.epoch ?? preview.epoch
    preview.only = shown.only
    preview.replaces = shown.replace
    preview.format = shown.format ?? preview.format
    let configuration = try file.configuration(
      [
        data, images, seed, network, optimizer, regularization, reading, badFiles, minibatches, execution,
        cache, checkpoints,
      ], idle: .preview, note: json.note)
    let outcome: MillraceWorkshop.Preview.Outcome
    do {
      outcome = try preview.write(configuration, to: shown.output ?? "previews")
    } catch FileError.alreadyExists(let path) {
      throw FolderTaken(path: path)
    }
    for sample in outcome.skipped { json.note("skipped \(sample.path): \(sample.reason)") }
    let page = "\(outcome.folder)/\(PreviewPage.name)"
    try DurableFile.write(PreviewPage(outcome).html, to: page)
    try json.show(PreviewResult(outcome, page: page)) { _ in PreviewText.lines(outcome, page: page) }
  }
}

/// A folder that holds other files.
struct FolderTaken: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "\(path): is not empty; add --replace where it is an earlier preview and nothing else, or give another --output"
  }
}
