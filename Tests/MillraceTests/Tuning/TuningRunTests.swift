import Foundation
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

struct TuningRunTests {
  @Test func `A search is the same bits for any number of threads, cached or not`() throws {
    let bench = try TuningBench()
    try bench.finish(try bench.start("first") { $0.execution.workers = 1 })
    let first = try bench.outcome("first")
    #expect(first.candidates.count == 8 && first.state.rungs.map(\.epochs) == [1, 3, 6])
    #expect(first.curves.map { $0.count / 2 }.sorted() == [1, 1, 1, 1, 3, 3, 6, 6])
    for (number, (workers, loaders)) in [(2, 1), (3, 5)].enumerated() {
      let tuning = try bench.start("\(number)") {
        $0.execution.workers = workers
        $0.execution.loaders = loaders
        $0.execution.cache = number == 0 ? .off : .bytes(10_000)
      }
      try bench.finish(tuning)
      let isSame = try bench.outcome("\(number)") == first
      #expect(isSame, "\(workers) workers, \(loaders) loaders")
    }
  }

  @Test func `A search that tries stems is the same bits for any number of threads, and all of them fit`()
    throws
  {
    let bench = try TuningBench()
    var configuration = try bench.configuration()
    var options = bench.options()
    options.included = ["stem", "lr"]
    var outcomes: [TuningBench.Outcome] = []
    for workers in [1, 3] {
      configuration.execution.workers = workers
      try bench.finish(TuningRun(configuration, options, output: bench.output.path, name: "\(workers)"))
      outcomes.append(try bench.outcome("\(workers)"))
    }
    #expect(outcomes[0] == outcomes[1])
    let stems = outcomes[0].candidates.compactMap { candidate in
      candidate.settings.first { $0.key == "stem" }?.text
    }
    // Of 10 × 10 pixels three blocks leave one place, and a fourth would leave none.
    #expect(!stems.isEmpty && stems.allSatisfy { !$0.hasPrefix("conv:32,64,128,256") }, "\(stems)")
  }

  @Test func `Stopped anywhere and resumed, it comes to the same bits`() throws {
    let bench = try TuningBench()
    let whole = try bench.start("whole")
    let count = StopAtTuningEvent()
    try whole.search(observers: [count])
    try whole.finalRun()?.train()
    let outcome = try bench.outcome("whole")
    for place in stride(from: 1, to: count.seen, by: count.seen / 12) {
      let name = "at \(place)"
      #expect(throws: StopAtEvent.Stop.self) {
        try bench.start(name).search(observers: [StopAtTuningEvent(place)])
      }
      // The search is stopped once more after a while, then goes on to the end.
      _ = try? bench.resume(name, workers: 3).search(observers: [StopAtTuningEvent(9)])
      try bench.finish(try bench.resume(name, workers: 2))
      let isSame = try bench.outcome(name) == outcome
      #expect(isSame, "stopped at event \(place)")
    }
  }

  @Test func `A comparison is the same bits for any number of threads, and after a resume`() throws {
    let bench = try TuningBench()
    var found: [HalvingState] = []
    for (name, workers, stop) in [("one", 1, nil), ("three", 3, nil), ("stopped", 2, 12)] {
      var record = try bench.start(name).search()
      // This acts as if the third had got every image right in the rungs, and the others none.
      var state = HalvingState(
        record.plan.rungs, folds: record.plan.folds, epochs: record.plan.comparisonEpochs)
      while let job = state.next, job.fold == 0 {
        let wrong = job.candidate == 3 ? [] : Array(0..<15)
        state.add(HalvingState.Score(wrong: wrong, count: 15, loss: 1), of: job)
      }
      (record.state, record.finalEpochs) = (state, nil)
      try record.write(to: TuningFolder(path: bench.output.file(name)))
      if let stop { _ = try? bench.resume(name).search(observers: [StopAtTuningEvent(stop)]) }
      found.append(try bench.resume(name, workers: workers).search().state)
    }
    #expect(
      found[0].results.filter { $0.job.fold > 0 }.map(\.job)
        == [0, 3, 0, 3].enumerated().map {
          HalvingState.Job(candidate: $1, rung: 2, fold: $0 / 2 + 1)
        })
    #expect(found[0].verdict?.isOnOtherImages == true)
    #expect(found[1] == found[0] && found[2] == found[0])
  }

  @Test func `A candidate whose saved training is lost or damaged is trained again, to the same bits`() throws
  {
    let bench = try TuningBench()
    try bench.finish(try bench.start("whole"))
    for (name, damage) in [
      ("lost", { try FileManager.default.removeItem(atPath: $0) }),
      (
        "damaged",
        {
          try Data("no checkpoint".utf8).write(
            to: URL(fileURLWithPath: $0 + "/0/checkpoints/last.safetensors"))
        }
      ),
    ] as [(String, (String) throws -> Void)] {
      do {
        let tuning = try bench.start(name)
        // This is the first job of the second rung.
        #expect(throws: StopAtEvent.Stop.self) {
          try tuning.search(observers: [StopAtJob(HalvingState.Job(candidate: 0, rung: 1))])
        }
      }
      try damage(bench.output.file("\(name)/candidates"))
      try bench.finish(try bench.resume(name))
      let isSame = try bench.outcome(name) == bench.outcome("whole")
      #expect(isSame, "\(name)")
    }
  }

  @Test func `The candidates' trainings are gone in the end, and those that are out before`() throws {
    let bench = try TuningBench()
    let tuning = try bench.start("1")
    var most = 0
    let watch = AtEachTuningEvent { event in
      guard case .judged = event else { return }
      let names = try? FileManager.default.contentsOfDirectory(atPath: tuning.folder.candidates)
      most = max(most, names?.count ?? 0)
    }
    try tuning.search(observers: [watch])
    // Four candidates go on from the first rung.
    #expect(most == 4)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: tuning.folder.path).sorted()
        == ["best.yaml", "config.yaml", "tune.json"])
  }

  @Test func `The winner's configuration repeats its run, and the search's repeats the search`() throws {
    let bench = try TuningBench()
    let tuning = try bench.start("1")
    let record = try tuning.search()
    let final = try #require(try tuning.finalRun())
    try final.train()
    let best = try bench.best(in: tuning.folder)
    #expect(best.optimization.epochs == 6)
    let again = try TrainingRun(best, output: bench.output.path).train()
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: #require(again.modelPath)))
        == Data(contentsOf: URL(fileURLWithPath: final.folder!.model)))

    // No candidate has won against the automatic choice, whose run is the one without a search.
    #expect(record.verdict?.winner == 0 && record.finalEpochs == 6)
    let plain = try TrainingRun(try bench.configuration(), output: bench.output.path).train()
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: #require(plain.modelPath)))
        == Data(contentsOf: URL(fileURLWithPath: final.folder!.model)))

    var configuration = TrainingConfiguration(data: "")
    try ConfigurationFile.apply(
      try String(contentsOfFile: tuning.folder.configuration, encoding: .utf8), path: "config.yaml",
      to: &configuration)
    var options = TuningOptions(budget: .steps(record.plan.steps))
    options.included = record.axes
    let repeated = try TuningRun(configuration, options, output: bench.output.path).search()
    #expect(repeated.state == record.state && repeated.candidates == record.candidates)
  }

  @Test func `A winner that is not the automatic choice has all settings pinned`() throws {
    let bench = try TuningBench()
    var record = try bench.start("1").search()
    let folder = TuningFolder(path: bench.output.file("1"))
    // This acts as if the third had got every image right, and the first none.
    let rungs = record.state.rungs
    var state = HalvingState(rungs)
    while let job = state.next {
      let wrong = job.candidate == 3 ? [] : Array(0..<16)
      state.add(HalvingState.Score(wrong: wrong, count: 16, loss: 1), of: job)
    }
    record.state = state
    #expect(record.winner == record.candidates[3])
    try record.write(to: folder)
    let resumed = try bench.resume("1")
    try resumed.search()
    let text = try String(contentsOfFile: folder.best, encoding: .utf8)
    #expect(!text.contains("auto\n") || text.contains("normalize: auto"))
    let final = try #require(try resumed.finalRun())
    for setting in record.candidates[3].settings {
      #expect(
        final.configuration.resolvedSettings.contains { $0.key == setting.key && $0.text == setting.text })
    }
    #expect(final.configuration.optimization.$momentum.isAutomatic == false)
  }

  @Test func `More images are held back to judge by where the usual share is few`() throws {
    let bench = try TuningBench()
    let record = try #require(try bench.start("1").record)
    #expect(record.validationFraction == 0.333 && record.validationImages.count == 15)
    #expect(record.trainingImages.count == 33)
    // Twice as many images again are left to judge by.
    #expect(record.state.folds == 2 && record.otherImages == 30)
    // A share that somebody gave is kept.
    let given = try #require(try bench.start("2") { $0.validationFraction = 0.2 }.record)
    #expect(given.validationFraction == nil && given.validationImages.count == 9)
  }

  @Test func `What cannot be searched is refused before a folder is made`() throws {
    let bench = try TuningBench()
    for (setting, change) in [
      ("val-fraction", { $0.validationFraction = 0 }),
      (
        "dsd",
        {
          $0.optimization.denseSparseDense = try? DenseSparseDense(
            parsing: "sparsity=0.3;sparse-epochs=1;final-epochs=1")
        }
      ),
    ] as [(String, (inout TrainingConfiguration) -> Void)] {
      let error = #expect(throws: ConfigurationError.self) { try bench.start("1", change) }
      #expect(error?.setting == setting, "\(error as Any)")
    }
    #expect(throws: ConfigurationError.self) {
      try TuningRun(try bench.configuration(), bench.options(steps: 10), output: bench.output.path)
    }
    #expect(throws: FileError.self) {
      try TuningRun(try bench.configuration(), bench.options(), output: bench.images.path + "/tunings")
    }
    #expect(try bench.output.names().isEmpty)
  }

  @Test func `A search that is resumed keeps its settings and its images`() throws {
    let bench = try TuningBench()
    _ = try? bench.start("1").search(observers: [StopAtTuningEvent(30)])
    let differ = #expect(throws: ResumeError.self) {
      try TuningRun(resuming: bench.output.file("1")) { $0.optimization.batchSize = 16 }
    }
    #expect("\(differ as Any)".contains("batch-size"))
    let held = try bench.resume("1")
    #expect(throws: TuningError.inUse(path: bench.output.file("1"))) { try bench.resume("1") }
    try bench.finish(held)
    try FileManager.default.removeItem(atPath: bench.images.path + "/class1/3.jpg")
    #expect(throws: TuningError.nothingToResume(path: bench.output.file("2"))) { try bench.resume("2") }
  }

  @Test func `A search that is over is not resumed, and one of changed images neither`() throws {
    let bench = try TuningBench()
    do { try bench.finish(try bench.start("1")) }
    #expect(throws: TuningError.finished(path: bench.output.file("1"))) { try bench.resume("1") }
    do { _ = try? bench.start("2").search(observers: [StopAtTuningEvent(30)]) }
    try FileManager.default.removeItem(atPath: bench.images.path + "/class1/3.jpg")
    #expect(throws: ResumeError.self) { try bench.resume("2") }
  }

  @Test func `A time is turned into steps before the search`() throws {
    let bench = try TuningBench()
    var options = bench.options()
    // This budget is enough for a plan, however busy the machine is; the search ends before it begins.
    options.budget = .seconds(60)
    options.trainsWinner = false
    let tuning = try TuningRun(try bench.configuration(), options, output: bench.output.path)
    #expect(tuning.record == nil)
    // No clock decides anything after the start.
    let watch = AtEachTuningEvent { event in
      if case .jobStarted = event { throw StopAtEvent.Stop() }
    }
    #expect(throws: StopAtEvent.Stop.self) { try tuning.search(observers: [watch]) }
    let record = try #require(tuning.record)
    #expect(record.budgetSeconds == 60 && record.plan.steps > 0 && record.stepsPerSecond ?? 0 > 0)
    options.budget = .steps(record.plan.steps)
    let again = try TuningRun(try bench.configuration(), options, output: bench.output.path)
    #expect(again.record?.plan == record.plan && again.record?.candidates == record.candidates)
  }

  @Test func `Where the time has gone, the search is shortened to what has begun`() throws {
    let bench = try TuningBench()
    let folder: TuningFolder
    do {
      let started = try bench.start("1")
      folder = started.folder
      #expect(throws: StopAtEvent.Stop.self) {
        try started.search(observers: [StopAtJob(HalvingState.Job(candidate: 3, rung: 0))])
      }
    }
    var record = try TuningRecord(of: folder)
    #expect(record.state.results.count == 3 && record.epochsTrained == 3)
    (record.budgetSeconds, record.stepsPerSecond) = (10, 1)
    record.seconds = 9.999
    try record.write(to: folder)
    let resumed = try bench.resume("1")
    let found = try resumed.search()
    // There was time only for the three that were judged.
    #expect(found.state.results.count == 3 && found.state.rungs.count == 1 && found.state.folds == 0)
    #expect(found.winner != nil && found.finalEpochs == 1)
  }

  @Test func `No image is judged by twice, and each is trained on or judged by`() throws {
    for (counts, divisions) in [([16, 16, 16], 3), ([40, 7, 3], 3), ([2, 2], 2)] {
      let images = try ImageFolder(counts: counts)
      let configuration = TrainingConfiguration(data: images.path)
      let shared = SharedImages()
      let data = try shared.data(for: configuration)
      let automatic = try configuration.resolved(for: data)
      let parts = try SearchImages(data, automatic, shared).parts
      #expect(parts.count == divisions, "\(counts)")
      func paths(_ dataset: Dataset) -> [String] { (0..<dataset.count).map(dataset.path(of:)) }
      let judged = try parts.flatMap { paths(try #require($0.validation)) }
      #expect(Set(judged).count == judged.count)
      let all = Set(paths(data.training) + paths(try #require(data.validation)))
      for part in parts {
        let both = paths(part.training) + paths(try #require(part.validation))
        #expect(both.count == all.count && Set(both) == all && part.training.count > 0)
      }
    }
  }

  @Test func `Where every training diverges nothing wins`() throws {
    let bench = try TuningBench()
    var options = bench.options()
    options.included = ["mirror", "strength"]
    var configuration = try bench.configuration()
    configuration.optimization.learningRate = 1e30
    let tuning = try TuningRun(configuration, options, output: bench.output.path)
    let error = #expect(throws: TuningError.self) { try tuning.search() }
    #expect("\(error as Any)".contains("diverged"))
  }
}

/// Stops a search where a job begins.
private final class StopAtJob: TuningObserver {
  private let job: HalvingState.Job
  init(_ job: HalvingState.Job) { self.job = job }

  func receive(_ event: TuningEvent) throws {
    if case .jobStarted(job, _) = event { throw StopAtEvent.Stop() }
  }
}

/// Does something at each event of a search.
private final class AtEachTuningEvent: TuningObserver {
  private let body: (TuningEvent) throws -> Void
  init(_ body: @escaping (TuningEvent) throws -> Void) { self.body = body }
  func receive(_ event: TuningEvent) throws { try body(event) }
}
