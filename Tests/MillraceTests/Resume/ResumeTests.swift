import Foundation
import MillraceModels
import MillraceTraining
import Testing
import _MillraceTestSupport

/// A run goes on to the same bits from wherever it was stopped or killed.
struct ResumeTests {
  @Test(arguments: ResumeCase.allCases)
  func `A run stopped at any step, and again a little later, ends with the same model`(kind: ResumeCase)
    throws
  {
    let bench = try ResumeBench(for: kind)
    let configuration = try kind.configuration(bench.images)
    let events = try bench.train(configuration, "whole")
    let whole = try bench.model("whole")
    for (stop, event) in events.enumerated() {
      // One kind is stopped at every event, the others where training or validation is under way.
      switch event {
      case .stepFinished, .validating: break
      case _ where kind == .stoppedAndRefit: break
      default: continue
      }
      let name = "stopped-\(stop)"
      try bench.train(configuration, name, StopAtEvent(stop))
      // Before its first step a run has nothing to keep, and leaves nothing.
      guard bench.folder(name).hasCheckpoint else {
        #expect(!FileManager.default.fileExists(atPath: bench.folder(name).path), "\(stop)")
        continue
      }
      do {
        try bench.resume(name, StopAtEvent(stop % 7))
        try bench.resume(name)
      } catch ResumeError.finished {}
      let isSame = try bench.model(name) == whole
      #expect(isSame, "stopped at event \(stop)")
    }
  }

  @Test(arguments: [ResumeCase.everythingRandom, .stoppedAndRefit])
  func `A run killed at any event ends with the same model`(kind: ResumeCase) throws {
    let bench = try ResumeBench(for: kind)
    var configuration = try kind.configuration(bench.images)
    configuration.execution.checkpointInterval = .steps(2)
    var copies: [String] = []
    try bench.train(
      configuration, "whole",
      AtEachEvent { _ in
        // This is the state that a kill would leave at this moment.
        let name = "killed-\(copies.count)"
        try FileManager.default.copyItem(atPath: bench.folder("whole").path, toPath: bench.folder(name).path)
        copies.append(name)
      })
    let whole = try bench.model("whole")
    for name in copies {
      do { try bench.resume(name) } catch ResumeError.finished { #expect(name == copies.last) }
      let isSame = try bench.model(name) == whole
      #expect(isSame, "\(name)")
    }
  }

  @Test func `The file of the best epoch is made again where it is lost or another's`() throws {
    let bench = try ResumeBench()
    var configuration = try ResumeCase.everythingRandom.configuration(bench.images)
    configuration.optimization.epochs = 2
    try bench.train(configuration, "whole")
    for isLost in [false, true] {
      let name = "lost-\(isLost)"
      // In the middle of the second epoch, the best so far is the first.
      try bench.train(configuration, name, StopAtEvent(10))
      let path = bench.folder(name).bestCheckpoint
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      try FileManager.default.removeItem(atPath: path)
      if !isLost { try FileManager.default.copyItem(atPath: bench.folder("whole").model, toPath: path) }
      try bench.resume(name, StopAtEvent(1))
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      try bench.resume(name)
      #expect(try bench.model(name) == bench.model("whole"))
    }
  }

  @Test func `More epochs are the longer run where the learning rate does not know their number`() throws {
    let bench = try ResumeBench()
    var configuration = try ResumeCase.adamOnPlateau.configuration(bench.images)
    configuration.optimization.epochs = 5
    try bench.train(configuration, "long")
    configuration.optimization.epochs = 2
    try bench.train(configuration, "short")
    try TrainingRun(resuming: bench.folder("short").path) { $0.optimization.epochs = 5 }.train()
    #expect(try bench.model("short") == bench.model("long"))
  }

  @Test func `The measured normalisation stays what it was`() throws {
    let bench = try ResumeBench()
    let configuration = try ResumeCase.everythingRandom.configuration(bench.images)
    try bench.train(configuration, "whole")
    try bench.train(configuration, "stopped", StopAtEvent(4))
    let events = try bench.resume("stopped")
    #expect(!events.contains { if case .measuring = $0 { true } else { false } })
    #expect(try bench.model("stopped") == bench.model("whole"))
  }
}
