import ArgumentParser

/// Where a run's folder goes.
struct RunOutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of all runs.", valueName: "dir"), completion: .directory)
  var output = "runs"

  @Option(help: ArgumentHelp("The run's name in that folder (default: the next number).", valueName: "name"))
  var name: String?
}
