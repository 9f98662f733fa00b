import ArgumentParser
import MillraceModels
import MillraceReports
import MillraceTraining

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Draw a run's report again, or several runs side by side.",
    usage: "millrace report RUN... [--output FILE]",
    discussion: """
      Training writes report.html into the run's folder as it goes. This draws it from what the folder holds: of one run \
      into the folder, of several a page that compares them: curves, figures, settings that differ, weights. A page is one \
      file that needs no network.

      Examples:
        millrace report runs/1
        millrace report runs/1 runs/2 runs/3 --output decay.html

      Next: open the page in a browser, or print it
      """)

  @Argument(help: ArgumentHelp("Run folders.", valueName: "run"), completion: .directory)
  var runs: [String]

  @Option(
    help: ArgumentHelp(
      "The page (default: report.html in the run's folder, comparison.html for several runs).",
      valueName: "file"), completion: .file(extensions: ["html"]))
  var output: String?

  @OptionGroup(title: "Output") var format: ResultOptions

  /// What was written.
  private struct Result: Encodable {
    let runs: [String]
    let report: String
  }

  func run() throws {
    let folders = runs.map { RunFolder(path: $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0) }
    let page = try Report.html(of: folders)
    let path = output ?? (folders.count == 1 ? folders[0].report : "comparison.html")
    try requireOutside(path, roots: folders.flatMap(\.dataRoots))
    try DurableFile.write(page, to: path)
    try format.show(Result(runs: folders.map(\.path), report: path)) { _ in ["report  \(path.printable)"] }
  }
}
