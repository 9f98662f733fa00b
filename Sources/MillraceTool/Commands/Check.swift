import ArgumentParser
import MillraceModels
import MillraceReports
import MillraceTraining
import MillraceWorkshop

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Examine a folder of images before training on it.",
    usage: "millrace check DATA [options]",
    discussion: """
      Reads and decodes every image that train would use with the same flags. Shows the images of each class; files \
      that cannot be used, are cut short or odd; blurred, dark, bright and blank pictures; and equal files and look-alikes, above all those with different labels \
      and those in both training and validation. DATA is only read.

      The exit code is 65 where training would fail: too many bad files, a class without a usable image, or none to \
      validate on.

      Examples:
        millrace check photos
        millrace check photos --all | less
        millrace check photos --report check.html
        millrace check photos --val more-photos --json

      Next: millrace train DATA
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Data") var seed: SeedOption
  @OptionGroup(title: "Images") var size: ImageSizeOption
  @OptionGroup(title: "Images") var fit: FitOption
  @OptionGroup(title: "Images") var background: BackgroundOption
  @OptionGroup(title: "Quality of pictures") var quality: QualityFlags
  @OptionGroup(title: "Limits of image files") var reading: ReadingFlags
  @OptionGroup(title: "Bad files") var badFiles: BadFileFlags
  @OptionGroup(title: "Threads (no effect on the result)") var threads: LoaderOption
  @OptionGroup(title: "Configuration file") var file: ConfigurationOptions
  @Flag(help: "Name every file and group of each finding, not only the first five.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "Write a page with pictures: duplicates side by side, suspects, what would be cut off.",
      valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var report: String?

  @OptionGroup(title: "Output") var format: ResultOptions

  func run() throws {
    let configuration = try file.configuration([
      data, seed, size, fit, background, reading, badFiles, threads,
    ])
    let page = try self.report.map { path throws(FileError) in
      try ResultFile(
        path, roots: [configuration.data, configuration.validation].compactMap { $0 }, datasets: [])
    }
    let line = format.countLine("checked")
    defer { line.close() }
    var check = DatasetCheck(configuration)
    check.quality = try quality.thresholds()
    check.keepsPictures = page != nil
    let report = try check.run { line.show($0, of: $1) }
    line.close()
    if let page {
      try page.write(CheckPage(report).html)
      try page.commit()
    }
    try format.show(CheckResult(report)) { DatasetReportText(report, listsAll: all).lines(width: $0) }
    try report.requireTrainable()
  }
}
