import ArgumentParser
import MillraceReports

struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List the runs in a folder.",
    usage: "millrace runs [DIR] [--json]",
    discussion: """
      A row for each run: what it was trained on, how far it came, the best validation accuracy with the interval that \
      holds the true one in 95 of 100 cases, the accuracy of its last evaluation, and what was set. Runs that were \
      validated on the same images stand together, the best first.

      Examples:
        millrace runs
        millrace runs experiments --json

      Next: millrace report runs/1 runs/2
      """)

  @Argument(help: "A folder of runs (default: runs).", completion: .directory)
  var folder = "runs"

  @OptionGroup(title: "Output") var format: ResultOptions

  func run() throws {
    let list = try RunList(in: folder)
    try format.show(list) { RunListText(list).lines(width: $0) }
  }
}
