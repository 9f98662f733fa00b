import ArgumentParser
import Millrace
import MillraceReports

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Examine a folder of images before training on it.",
    usage: "millrace check DATA [options]",
    discussion: """
      Reads and decodes every image that train would use with the same flags. Shows the images of each class; files \
      that cannot be used, are cut short or odd; and equal files and look-alikes, above all those with different labels \
      and those in both training and validation. DATA is only read.

      The exit code is 65 where training would fail: too many bad files, a class without a usable image, or none to \
      validate on.

      Examples:
        millrace check photos
        millrace check photos --all | less
        millrace check photos --val more-photos --json

      Next: millrace train DATA
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Data") var seed: SeedOption
  @OptionGroup(title: "Images") var size: ImageSizeOption
  @OptionGroup(title: "Images") var fit: FitOption
  @OptionGroup(title: "Images") var background: BackgroundOption
  @OptionGroup(title: "Limits of image files") var reading: ReadingFlags
  @OptionGroup(title: "Bad files") var badFiles: BadFileFlags
  @OptionGroup(title: "Threads (no effect on the result)") var threads: LoaderOption
  @OptionGroup(title: "Configuration file") var file: ConfigurationOptions
  @Flag(help: "Name every file and group of what is told, not only the first five.")
  var all = false

  @OptionGroup(title: "Output") var format: ResultOptions

  func run() throws {
    let configuration = try file.configuration([
      data, seed, size, fit, background, reading, badFiles, threads,
    ])
    let line = format.countLine("checked")
    defer { line.close() }
    let report = try DatasetCheck(configuration).run { line.show($0, of: $1) }
    line.close()
    try format.show(CheckResult(report)) { DatasetReportText(report, listsAll: all).lines(width: $0) }
    try report.requireTrainable()
  }
}
