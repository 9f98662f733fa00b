import ArgumentParser
import MillraceReports

/// What is shown on the way.
struct ProgressOptions: ParsableArguments {
  @Flag(help: "Show no progress, only results and errors.")
  var quiet = false

  @Flag(help: "Also show every unusable file, each checkpoint, and threads, shards and seed.")
  var verbose = false

  func validate() throws {
    if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other: choose one") }
  }

  var detail: ProgressReporter.Detail { quiet ? .quiet : verbose ? .verbose : .normal }
}
