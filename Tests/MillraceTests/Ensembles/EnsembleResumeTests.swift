import Foundation
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

/// Several runs go on to the same bits from wherever they were stopped or killed.
struct EnsembleResumeTests {
  @Test(arguments: EnsembleCase.allCases)
  func `Runs that are stopped in any member, or between two, go on to the same model`(kind: EnsembleCase)
    throws
  {
    let bench = try ResumeBench()
    let configuration = try kind.configuration(bench)
    let counter = EnsembleStop(at: .max)
    let whole = try EnsembleRun(configuration, output: bench.output.path, name: "whole").train(observers: [
      counter
    ])
    let file = try bench.model("whole")
    // Every seventh event falls into each member, its validation, and the events after it.
    for stop in stride(from: 1, to: counter.count, by: 7) {
      let name = "stopped-\(stop)"
      let run = try EnsembleRun(configuration, output: bench.output.path, name: name)
      #expect(throws: EnsembleStop.Stop.self) { try run.train(observers: [EnsembleStop(at: stop)]) }
      guard run.hasMembers else {
        #expect(!FileManager.default.fileExists(atPath: bench.folder(name).path), "\(stop)")
        continue
      }
      #expect(EnsembleRun.isEnsemble(bench.folder(name).path))
      // The runs are stopped again a little later, with other threads.
      let again = try EnsembleRun(resuming: bench.folder(name).path, changing: { $0.execution.workers = 3 })
      do { try again.train(observers: [EnsembleStop(at: 9)]) } catch is EnsembleStop.Stop {}
      do {
        let summary = try EnsembleRun(
          resuming: bench.folder(name).path, changing: { $0.execution.cache = .off }
        ).train()
        #expect(summary.members.map(\.best.epoch) == whole.members.map(\.best.epoch))
        #expect(summary.memberAccuracy == whole.memberAccuracy)
        #expect(summary.examination?.outOfFold?.rows == whole.examination?.outOfFold?.rows)
      } catch ResumeError.finished {}
      let isSame = try bench.model(name) == file
      #expect(isSame, "stopped at event \(stop)")
    }
  }

  @Test(arguments: EnsembleCase.allCases)
  func `Runs that are killed at any event go on to the same model`(kind: EnsembleCase) throws {
    let bench = try ResumeBench()
    var configuration = try kind.configuration(bench)
    configuration.execution.checkpointInterval = .steps(2)
    var copies: [String] = []
    let copier = EnsembleWatch { count in
      guard count % 6 == 2 else { return }
      // This is the state that a kill would leave at this moment.
      let name = "killed-\(count)"
      try FileManager.default.copyItem(atPath: bench.folder("whole").path, toPath: bench.folder(name).path)
      copies.append(name)
    }
    try EnsembleRun(configuration, output: bench.output.path, name: "whole").train(observers: [copier])
    let file = try bench.model("whole")
    for name in copies {
      try EnsembleRun(resuming: bench.folder(name).path, changing: { $0.execution.workers = 2 }).train()
      let isSame = try bench.model(name) == file
      #expect(isSame, "\(name)")
    }
    #expect(copies.count > 5)
  }

  @Test func `A finished ensemble says so, and other settings are refused`() throws {
    let bench = try ResumeBench()
    let configuration = try EnsembleCase.ensemble.configuration(bench)
    try EnsembleRun(configuration, output: bench.output.path, name: "all").train()
    let path = bench.folder("all").path
    #expect(throws: ResumeError.finished(path: path, model: bench.folder("all").model, canGoOn: false)) {
      try EnsembleRun(resuming: path)
    }
    for change: (inout TrainingConfiguration) -> Void in [
      { $0.ensemble = 4 }, { $0.optimization.epochs = 9 }, { $0.seed = 2 },
    ] {
      let error = #expect(throws: ResumeError.self) { try EnsembleRun(resuming: path, changing: change) }
      guard case .settingsDiffer = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    #expect(!EnsembleRun.isEnsemble(bench.folder("all").member(1).path))
  }
}

/// Does something at each event of several runs, counted from 1.
private final class EnsembleWatch: EnsembleObserver {
  private let action: (Int) throws -> Void
  private var count = 0

  init(_ action: @escaping (Int) throws -> Void) { self.action = action }

  func receive(_ event: EnsembleEvent) throws {
    count += 1
    if case .finished = event { return }
    try action(count)
  }
}

/// Stops runs at one of their events, counted from 0.
private final class EnsembleStop: EnsembleObserver {
  struct Stop: Error {}
  private let place: Int
  private(set) var count = 0

  init(at place: Int) { self.place = place }

  func receive(_ event: EnsembleEvent) throws {
    if count == place { throw Stop() }
    count += 1
  }
}
