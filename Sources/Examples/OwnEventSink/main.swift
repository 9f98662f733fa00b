// Trains with an event sink of one's own beside one that comes with the package.
import Millrace
import MillraceReports

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 1 else { fatalError("usage: example-own-event-sink DATA") }

var configuration = TrainingConfiguration(data: arguments[0])
// With smoothed labels the loss would not come near zero.
configuration.labelSmoothing = 0
let run = try TrainingRun(configuration)
do {
  try run.train(observers: [MetricsCSV(), LossBars(target: 0.1)])
} catch is LossBars.LowEnough {
  // What was learned until then is saved; the run can be resumed.
  print("low enough:", run.folder?.path ?? "")
}
