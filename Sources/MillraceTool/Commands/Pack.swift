import ArgumentParser
import MillracePipeline
import MillraceReports
import MillraceTraining
import MillraceWorkshop

struct Pack: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Pack a folder of images into one file.",
    usage: "millrace pack DATA FILE [options]",
    discussion: """
      Every command takes FILE where it takes DATA, and comes to the same bits. FILE holds the image files as they are, \
      which saves opening each of them; with --pixels it holds decoded pixels, as large as --image-size, --channels and \
      --augment need them and over --background, which saves decoding, too. Files that cannot be used are packed as well, and are skipped and \
      listed as in the folder.

      Which images belong together, by --group-by or a table's column group, is kept in FILE, and a run on it goes by that.

      Where the folder changes later, a note says so.

      Examples:
        millrace pack photos photos.pack
        millrace pack photos photos.pack --pixels --image-size 64 --augment photos

      Next: millrace train photos.pack --image-size 64 --augment photos
      """)

  @OptionGroup(title: "Data") var data: PackedDataOptions

  @Argument(help: "The file to write.", completion: .file())
  var file: String

  @Flag(help: "Pack decoded pixels for the image flags below.")
  var pixels = false

  @Flag(help: "Replace a packed file of this name.")
  var replace = false

  @OptionGroup(title: "Images, with --pixels") var images: PackedImageOptions
  @OptionGroup(title: "Limits of image files") var reading: ReadingFlags
  @OptionGroup(title: "Threads (no effect on the result)") var threads: LoaderOption
  @OptionGroup(title: "Output") var format: ResultOptions

  func validate() throws {
    if !pixels, let idle = images.given.first(where: { $0.text != nil }) {
      throw ValidationError("--\(idle.key) has no effect without --pixels")
    }
  }

  func run() throws {
    let configuration = try TrainingConfiguration(data: "").applying([data, images, reading, threads])
    var packer = DatasetPacker(configuration)
    packer.contents = pixels ? .pixels : .files
    packer.replaces = replace
    let line = format.countLine("packed")
    defer { line.close() }
    let watch = InterruptionWatch()
    let outcome = try packer.write(to: file) { done, total in
      line.show(done, of: total)
      try watch.throwIfInterrupted()
    }
    line.close()
    for bad in outcome.bad { format.note("\(bad.path): \(bad.reason)") }
    try format.show(PackResult(outcome)) { _ in
      ["\(outcome.path)  \(Figures.count(outcome.images, "image"))  \(Figures.bytes(outcome.bytes))"]
    }
  }
}

/// The folder to pack.
struct PackedDataOptions: SettingOptions {
  @Argument(
    help: "A folder with a folder of images for each class, or with train/ and val/ inside.",
    completion: .directory)
  var data: String

  @OptionGroup var labels: LabelsOption
  @OptionGroup var grouping: GroupingOption

  @Option(help: .setting("layout", value: "layout"), completion: .setting("layout"))
  var layout: String?

  var given: [(key: String, text: String?)] {
    [("data", data), ("layout", layout)] + labels.given + grouping.given
  }
}

/// What decides how large pixels are packed.
struct PackedImageOptions: SettingOptions {
  @OptionGroup var size: ImageSizeOption

  @Option(help: .setting("channels", value: "rgb|gray"))
  var channels: String?

  @Option(
    help: .setting("augment", value: "policy", more: "the tightest crop decides how many pixels are kept"))
  var augment: String?

  @OptionGroup var background: BackgroundOption

  var given: [(key: String, text: String?)] {
    size.given + [("channels", channels), ("augment", augment)] + background.given
  }
}

/// What was packed, as JSON.
struct PackResult: Encodable {
  let file: String
  let images, bytes: Int
  let badFiles: [SkippedFile]

  init(_ outcome: DatasetPacker.Outcome) {
    file = outcome.path
    images = outcome.images
    bytes = outcome.bytes
    badFiles = outcome.bad.map { SkippedFile($0) }
  }
}
