import Millrace

/// Draws a bar for each epoch's loss, and ends the run where the loss is low enough.
final class LossBars: TrainingObserver {
  struct LowEnough: Error {}

  let target: Double
  init(target: Double) { self.target = target }

  func receive(_ event: TrainingEvent) throws {
    guard case .epochFinished(let epoch) = event, let loss = epoch.training.mean else { return }
    print(String(repeating: "█", count: Int(min(loss, 6) * 10)), loss)
    if loss < target { throw LowEnough() }
  }
}
