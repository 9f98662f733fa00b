import Foundation
import MillraceImages
import MillraceModels
import MillraceTraining
import Synchronization
import Testing
import _MillraceTestSupport

/// A run awaited is the run that blocks, and cancelling is an interruption that saves.
struct AsyncTrainingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for label in 0..<2 {
      for number in 0..<12 {
        _ = try folder.put(
          ImageEncoder.png(Pattern.image(20 * label + number, width: 12, height: 12)),
          at: "data/class\(label)/\(number).png")
      }
    }
  }

  private func configuration(epochs: Int) -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(folder.file("data"))
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.hidden = [8]
    configuration.optimization.epochs = epochs
    configuration.optimization.batchSize = 4
    return configuration
  }

  private func run(_ name: String, epochs: Int = 3) throws -> TrainingRun {
    try TrainingRun(configuration(epochs: epochs), output: folder.file("runs"), name: name)
  }

  @Test func `Awaited, heard event by event, or blocking: the same model`() async throws {
    let blocking = try run("blocking").train(observers: [])
    let awaited = try await run("awaited").train { _ in }
    #expect(awaited.model.parameters == blocking.model.parameters)

    var epochs = 0
    var last: TrainingSummary?
    for try await event in try run("events").events {
      switch event {
      case .epochFinished: epochs += 1
      case .finished(let summary): last = summary
      default: break
      }
    }
    #expect(epochs == 3 && last?.model.parameters == blocking.model.parameters)
  }

  @Test func `A cancelled run is saved, and goes on to the same model`() async throws {
    let whole = try run("whole", epochs: 6).train(observers: [])
    let interrupted = try run("cancelled", epochs: 6)
    let (steps, step) = AsyncStream.makeStream(of: Void.self)
    // The first step lasts until the task is cancelled.
    let goOn = DispatchSemaphore(value: 0)
    // A run is handed to the task that trains it.
    nonisolated(unsafe) let handed = interrupted
    let task = Task {
      try await handed.train { event in
        guard case .stepFinished = event else { return }
        step.yield()
        goOn.wait()
      }
    }
    for await _ in steps { break }
    task.cancel()
    goOn.signal()
    await #expect(throws: CancellationError.self) { try await task.value }
    let resumed = try TrainingRun(resuming: folder.file("runs/cancelled")).train(observers: [])
    #expect(resumed.model.parameters == whole.model.parameters)
  }

  @Test func `Who stops to listen ends the run`() async throws {
    let stopped = try run("stopped", epochs: 1_000_000)
    for try await event in stopped.events {
      if case .epochFinished = event { break }
    }
    // The folder is free again once everything is saved.
    while (try? TrainingRun(resuming: folder.file("runs/stopped"))) == nil { await Task.yield() }
    #expect(FileManager.default.fileExists(atPath: folder.file("runs/stopped/checkpoints/last.safetensors")))
  }

  @Test func `What ends a run is thrown to who awaits it`() async throws {
    var wild = configuration(epochs: 50)
    wild.optimization.learningRate = 1e30
    let run = try TrainingRun(wild, output: nil)
    await #expect(throws: DivergenceError.self) { try await run.train { _ in } }
  }
}
