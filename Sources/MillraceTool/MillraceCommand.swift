import ArgumentParser
import Foundation
import MillraceWorkshop

/// The `millrace` command: options in, one library call, output.
@main
struct MillraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "millrace",
    abstract: "Trains image classifiers on folders of images.",
    discussion: """
      Images of each class lie in a folder of its own: DATA/cat/1.jpg, DATA/dog/2.png.

      A first run, from the data to predictions:
        millrace check DATA
        millrace train DATA
        millrace evaluate runs/1 TESTDATA
        millrace predict runs/1 some.jpg more/
      """,
    version: Version.text,
    subcommands: [
      Train.self, Tune.self, Evaluate.self, Predict.self, Check.self, Preview.self, Bench.self, Pack.self,
      ReportCommand.self, Runs.self, Export.self, Info.self, Manual.self,
    ])

  static func main() {
    StandardDescriptors.openClosed()
    StandardOutput.ignoreClosedPipes()
    // A file that grows beyond a limit of the shell is then an error of its write, like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parsed()
      try command.run()
    } catch {
      Failure(error).leave()
    }
  }

  private static func parsed() throws -> any ParsableCommand {
    do {
      // Before the parser, which takes a mistyped command for a value, or shows another command's help.
      if let problem = CommandTree(Self.self).problem(with: CommandLine.arguments.dropFirst()) {
        throw ValidationError(problem)
      }
      if let problem = Arguments.problem(in: CommandLine.arguments.dropFirst()) {
        throw ValidationError(problem)
      }
      return try parseAsRoot(Arguments.joiningNegativeNumbers(CommandLine.arguments.dropFirst()))
    } catch {
      try RankSession.tellOnce(error)
      throw error
    }
  }
}
