// Trains with an event sink of one's own beside one that comes with the package.
import Millrace
import MillraceReports

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 1 else { fatalError("usage: example-own-event-sink DATA") }

let run = try TrainingRun(TrainingConfiguration(data: arguments[0]))
do {
  try run.train(observers: [MetricsCSV(), LossBars(target: 0.1)])
} catch is LossBars.LowEnough {
  // What was learned until then is saved; the run can be resumed.
  print("low enough:", run.folder?.path ?? "")
}
