import Foundation
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

/// The same seed gives the same bits, whatever the threads and the ranks.
struct EnsembleDeterminismTests {
  @Test(arguments: EnsembleCase.allCases)
  func `A model file is the same bytes for any threads, cached or not`(
    kind: EnsembleCase
  )
    throws
  {
    let bench = try ResumeBench()
    var configuration = try kind.configuration(bench)
    var first: Data?
    for workers in [1, 2, 3] {
      for cache in [CacheLimit.off, .bytes(10_000), .bytes(1_000_000)] {
        configuration.execution.workers = workers
        configuration.execution.loaders = 4 - workers
        configuration.execution.cache = cache
        let name = "\(workers)-\(cache)"
        try EnsembleRun(configuration, output: bench.output.path, name: name).train()
        let isSame = try bench.model(name) == first ?? bench.model(name)
        #expect(isSame, "\(workers) workers, cache \(cache)")
        first = try bench.model(name)
      }
    }
  }

  @Test(arguments: [EnsembleCase.ensemble, .folds])
  func `Choices for several networks are made once, and give the same bytes for any threads and a pack`(
    kind: EnsembleCase
  ) throws {
    let bench = try ResumeBench(countPerClass: 14)
    func train(_ data: String, workers: Int, name: String) throws -> (EnsembleSummary, Data) {
      var configuration = DeterminismTests.automatic(data)
      (configuration.folds, configuration.ensemble) = kind == .folds ? (3, 1) : (1, 2)
      configuration.execution.workers = workers
      configuration.execution.cache = workers == 2 ? .off : .bytes(10_000)
      let run = try EnsembleRun(configuration, output: bench.output.path, name: name)
      // A network of a cross-validation is trained on two thirds of 42 images.
      let count = try TrainingData(configuration.member(1)).training.count
      #expect(kind == .ensemble || count == 28)
      #expect(run.configuration.optimization.$batchSize.reason == "\(count) training images")
      return (try run.train(), try bench.model(name))
    }
    let whole = try train(bench.images.path, workers: 1, name: "whole")
    for workers in [2, 3] {
      let isSame = try train(bench.images.path, workers: workers, name: "\(workers)").1 == whole.1
      #expect(isSame, "\(workers) workers")
    }
    let pack = bench.output.file("files.pack")
    _ = try DatasetPacker(DeterminismTests.automatic(bench.images.path)).write(to: pack)
    let isSame = try train(pack, workers: 2, name: "packed").1 == whole.1
    #expect(isSame)
    // Each member's own folder repeats the choices.
    let texts = try whole.0.members.map { member in
      let folder = RunFolder(path: try #require(member.folder))
      let text = try String(contentsOfFile: folder.configuration, encoding: .utf8)
      return text.split(separator: "\n").filter { !$0.hasPrefix("member:") }
    }
    #expect(texts.allSatisfy { $0 == texts[0] })
  }

  @Test(arguments: EnsembleCase.allCases) func `Ranks train the same model`(kind: EnsembleCase) throws {
    let bench = try ResumeBench()
    var configuration = try kind.configuration(bench)
    configuration.optimization.shards = 5
    try EnsembleRun(configuration, output: bench.output.path, name: "alone").train()
    let output = bench.output.path
    let resolved = configuration
    let results = try LocalProcesses.run(2) { group in
      let ranks = Ranks(group, program: "1")
      return try EnsembleRun(resolved, output: output, name: "two", ranks: ranks).train().members.count
    }
    let counts = try results.map { try $0.get() }
    #expect(counts == [3, 3])
    let isSame = try bench.model("two") == bench.model("alone")
    #expect(isSame)
  }
}
