import Foundation
import MillraceImages
import MillraceModels
import MillraceNetwork
import MillracePipeline
import MillraceRandom
import MillraceShards
import MillraceThreads
import MillraceTraining
import MillraceWorkshop
import Testing
import _MillraceTestSupport

/// Contract 1: the same seed gives the same bits, whatever the threads.
struct DeterminismTests {
  /// A configuration with everything that is random or summed: augmentation, dropout, normalisation over the
  /// minibatch, clipping.
  static func configuration(_ folder: ImageFolder) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(folder.path)
    configuration.imageSize = ImageSize(width: 10, height: 10)
    configuration.augment = try AugmentationPolicy(parsing: "flip:0.5, rotate:15, jitter:0.3")
    configuration.hidden = [24, 12]
    configuration.optimization.epochs = 2
    configuration.optimization.batchSize = 10
    configuration.optimization.shards = 5
    configuration.optimization.learningRate = 0.02
    configuration.optimization.regularization.clipNorm = 2
    configuration.optimization.regularization.maxNorm = 2
    return configuration
  }

  @Test func `A model file is the same bytes for any number of workers, loaders and slots, cached or not`()
    throws
  {
    let folder = try ImageFolder()
    var configuration = try Self.configuration(folder)
    let output = try TemporaryFolder()
    var first: Data?
    for workers in [1, 2, 3, 4, 7] {
      for loaders in [1, 2, 5] {
        configuration.execution.workers = workers
        configuration.execution.loaders = loaders
        configuration.execution.queue = workers + loaders
        // The second cache has room for some of the images.
        for cache in [CacheLimit.off, .bytes(10_000), .auto] {
          configuration.execution.cache = cache
          let summary = try TrainingRun(configuration, output: output.path).train()
          let bytes = try Data(contentsOf: URL(fileURLWithPath: #require(summary.modelPath)))
          if let first {
            #expect(bytes == first, "\(workers) workers, \(loaders) loaders, cache \(cache)")
          } else {
            first = bytes
          }
        }
      }
    }
  }

  @Test(arguments: BatchNormalizationKind.allCases)
  func `A network with a stem is the same bytes for any number of workers, loaders and slots, cached or not`(
    normalization: BatchNormalizationKind
  ) throws {
    let folder = try ImageFolder()
    var configuration = try Self.configuration(folder)
    var stem = ConvolutionStem(channels: [6, 9])
    (stem.dropout, stem.head) = (0.2, .flatten)
    configuration.stem = stem
    configuration.batchNormalization = normalization
    let output = try TemporaryFolder()
    var found: Set<Data> = []
    for (workers, loaders) in [(1, 1), (2, 3), (3, 2), (7, 1)] {
      configuration.execution.workers = workers
      configuration.execution.loaders = loaders
      configuration.execution.queue = workers + loaders
      configuration.execution.cache = workers % 2 == 0 ? .off : .bytes(10_000)
      let summary = try TrainingRun(configuration, output: output.path).train()
      found.insert(try Data(contentsOf: URL(fileURLWithPath: #require(summary.modelPath))))
    }
    #expect(found.count == 1)
  }

  @Test
  func
    `A model file is the same bytes for any threads and slots, cached or not, resumed in mid-epoch with others`()
    throws
  {
    let bench = try ResumeBench()
    let configuration = try ResumeCase.everythingRandom.configuration(bench.images)
    let events = try bench.train(configuration, "whole")
    let whole = try bench.model("whole")
    var number = 0
    for workers in [1, 2, 3, 4, 7, 8] {
      for loaders in [1, 2, 5] {
        for queue in [2, 3, 64] {
          var configuration = configuration
          configuration.execution.workers = workers
          configuration.execution.loaders = loaders
          configuration.execution.queue = queue
          number += 1
          configuration.execution.cache = number % 2 == 0 ? .off : .bytes(10_000)
          // It is stopped after the first step's event, so that there is something to resume.
          try bench.train(configuration, "\(number)", StopAtEvent(3 + number % (events.count - 4)))
          try bench.resume("\(number)")
          let isSame = try bench.model("\(number)") == whole
          #expect(isSame, "\(workers) workers, \(loaders) loaders, \(queue) slots, run \(number)")
        }
      }
    }
  }

  @Test func `Products in bfloat16 give the same bytes for any threads, ranks and caches, and resumed`()
    throws
  {
    let bench = try ResumeBench()
    var configuration = try ResumeCase.everythingRandom.configuration(bench.images)
    configuration.hidden = [600, 24]
    configuration.optimization.shards = 3
    try bench.train(configuration, "float32")
    configuration.precision = .bfloat16
    let events = try bench.train(configuration, "whole")
    let whole = try bench.model("whole")
    #expect(try bench.model("float32") != whole)
    for (number, (workers, loaders)) in [(1, 1), (2, 3), (3, 2), (7, 1)].enumerated() {
      configuration.execution.workers = workers
      configuration.execution.loaders = loaders
      configuration.execution.cache = number % 2 == 0 ? .off : .bytes(10_000)
      try bench.train(configuration, "\(workers)", StopAtEvent(3 + number * 3 % (events.count - 4)))
      try bench.resume("\(workers)")
      #expect(try bench.model("\(workers)") == whole, "\(workers) workers, \(loaders) loaders")
    }
    for ranks in [2, 3] {
      for result in try RankTests.train(
        configuration, output: bench.output.path, name: "\(ranks) ranks", ranks: ranks)
      {
        _ = try result.get()
      }
      #expect(try bench.model("\(ranks) ranks") == whole, "\(ranks) ranks")
    }
  }

  @Test func `Training in bfloat16 comes to what training in float32 comes to, but for its rounding`() throws
  {
    let folder = try ImageFolder(countPerClass: 20)
    var configuration = try Self.configuration(folder)
    configuration.validationFraction = 0.25
    configuration.optimization.refits = false
    let exact = try TrainingRun(configuration, output: nil).train()
    configuration.precision = .bfloat16
    let rounded = try TrainingRun(configuration, output: nil).train()
    let (weights, others) = (exact.model.parameters, rounded.model.parameters)
    let difference = zip(weights, others).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    let size = weights.reduce(0.0) { $0 + Double($1 * $1) }
    #expect(difference > 0 && difference.squareRoot() < 0.02 * size.squareRoot())
    let losses = [exact, rounded].compactMap { $0.best.validation?.mean }
    #expect(losses.count == 2 && abs(losses[0] - losses[1]) < 0.02 * losses[0])
    // Evaluation multiplies as training does unless it is told otherwise.
    var options = InferenceOptions()
    let asTrained = try rounded.model.evaluate(folder.path, options: options)
    options.precision = .float32
    let inFloats = try rounded.model.evaluate(folder.path, options: options)
    let difference32 = abs(asTrained.loss - inFloats.loss)
    #expect(difference32 > 0 && difference32 < 0.02 * inFloats.loss)
  }

  @Test func `A table of labels and the folders that it describes give the same model file`() throws {
    let folder = try ImageFolder()
    let output = try TemporaryFolder()
    var configuration = try Self.configuration(folder)
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    let rows = names.filter { $0.contains(".") }.map { "\($0)\t\($0.prefix { $0 != "/" })" }
    let table = try output.put(
      Array("path\tlabel\n\(rows.reversed().joined(separator: "\n"))\n".utf8), at: "t.tsv")
    var models: [Data] = []
    func train() throws {
      let summary = try TrainingRun(configuration, output: output.path).train()
      models.append(try Data(contentsOf: URL(fileURLWithPath: #require(summary.modelPath))))
    }
    try train()
    configuration.labels = table
    try train()
    // A pack keeps the table's groups.
    _ = try DatasetPacker(configuration).write(to: output.file("images.pack"))
    (configuration.data, configuration.labels) = (output.file("images.pack"), nil)
    try train()
    #expect(rows.count > 20 && models[0] == models[1] && models[0] == models[2])
  }

  @Test
  func `Weights of images give the same bytes for any threads and ranks, from table and pack, and resumed`()
    throws
  {
    let bench = try ResumeBench()
    let plain = try ResumeCase.everythingRandom.configuration(bench.images)
    func table(_ name: String, _ weight: (Int) -> Double) throws -> String {
      let rows = bench.images.names.enumerated().map { number, path in
        "\(path)\t\(path.prefix { $0 != "/" })\t\(weight(number))"
      }
      return try bench.output.put(
        Array("path\tlabel\tweight\n\(rows.joined(separator: "\n"))".utf8), at: name)
    }
    var weighted = plain
    weighted.labels = try table("t.tsv") { [0.5, 1, 3][$0 % 3] }
    try bench.train(plain, "plain")
    try bench.train(weighted, "whole")
    let whole = try bench.model("whole")
    #expect(try bench.model("plain") != whole)
    var ones = plain
    ones.labels = try table("ones.tsv") { _ in 1 }
    try bench.train(ones, "ones")
    #expect(try bench.model("ones") == bench.model("plain"))
    for (number, (workers, loaders)) in [(1, 1), (3, 5), (4, 2)].enumerated() {
      weighted.execution.workers = workers
      weighted.execution.loaders = loaders
      try bench.train(weighted, "\(workers)", StopAtEvent(6 + 3 * number))
      try bench.resume("\(workers)")
      #expect(try bench.model("\(workers)") == whole, "\(workers) workers, \(loaders) loaders")
    }
    for result in try RankTests.train(weighted, output: bench.output.path, name: "ranks", ranks: 3) {
      _ = try result.get()
    }
    #expect(try bench.model("ranks") == whole)
    for contents in [DatasetPacker.Contents.files, .pixels] {
      var packer = DatasetPacker(weighted)
      packer.contents = contents
      var packed = plain
      packed.data = bench.output.file("\(contents).pack")
      _ = try packer.write(to: packed.data)
      try bench.train(packed, "of \(contents)")
      #expect(try bench.model("of \(contents)") == whole, "\(contents)")
    }
    // Other weights are other images: such a run does not go on.
    try bench.train(weighted, "changed", StopAtEvent(9))
    _ = try table("t.tsv") { [0.5, 1, 2][$0 % 3] }
    #expect(throws: ResumeError.self) { try bench.resume("changed") }
  }

  @Test func `Groups give the same weights from a tree, a table and a pack, whatever says them`() throws {
    let folder = try ImageFolder(countPerClass: 16)
    let output = try TemporaryFolder()
    var configuration = try Self.configuration(folder)
    configuration.validationFraction = 0.25
    configuration.optimization.refits = false
    let pattern = DatasetGrouping.pattern("([0-9]).[a-z]+$")
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    let rows = names.filter { $0.contains(".") }.map { name in
      "\(name),\(name.prefix { $0 != "/" }),g\(name.dropLast(4).suffix(1))"
    }
    let table = try output.put(
      Array("path,label,group\n\(rows.joined(separator: "\n"))\n".utf8), at: "t.csv")
    func weights(
      _ data: String, labels: String? = nil, _ grouping: DatasetGrouping? = nil, folds: Int = 1
    ) throws -> [Float] {
      var configuration = configuration
      (configuration.data, configuration.labels) = (data, labels)
      if folds > 1 {
        (configuration.folds, configuration.member) = (folds, 2)
        configuration.$validationFraction.reset()
      }
      if let grouping { configuration.grouping = grouping }
      return try TrainingRun(configuration, output: nil).train().model.parameters
    }
    var packs: [String] = []
    for contents in [DatasetPacker.Contents.files, .pixels] {
      var packed = configuration
      packed.labels = table
      var packer = DatasetPacker(packed)
      packer.contents = contents
      packs.append(output.file("\(contents).pack"))
      _ = try packer.write(to: packs[packs.count - 1])
    }
    for folds in [1, 3] {
      let tree = try weights(folder.path, pattern, folds: folds)
      #expect(try weights(folder.path, folds: folds) != tree)
      #expect(try weights(folder.path, labels: table, folds: folds) == tree)
      #expect(try weights(folder.path, labels: table, .data, folds: folds) == tree)
      #expect(try weights(folder.path, labels: table, pattern, folds: folds) == tree)
      #expect(try weights(folder.path, labels: table, DatasetGrouping.none, folds: folds) != tree)
      for pack in packs {
        #expect(try weights(pack, folds: folds) == tree)
        #expect(try weights(pack, pattern, folds: folds) == tree)
      }
    }
    // It also keeps the share for a test.
    configuration.testFraction = 0.25
    let tested = try weights(folder.path, pattern)
    for (data, labels) in [(folder.path, table), (packs[1], nil)] as [(String, String?)] {
      #expect(try weights(data, labels: labels) == tested)
    }
    configuration.testFraction = nil
    // Look-alikes are found in files, and a pack of pixels keeps those that were found.
    for number in 0..<3 {
      try FileManager.default.copyItem(
        atPath: "\(folder.path)/class0/\(number * 2).png", toPath: "\(folder.path)/class0/x\(number).png")
    }
    let alike = try weights(folder.path, .lookAlikes)
    #expect(try weights(folder.path) != alike)
    var packed = configuration
    packed.grouping = .lookAlikes
    var packer = DatasetPacker(packed)
    packer.contents = .pixels
    _ = try packer.write(to: output.file("alike.pack"))
    #expect(try weights(output.file("alike.pack")) == alike)
    #expect(throws: DatasetError.self) { try weights(output.file("alike.pack"), .lookAlikes) }
  }

  @Test func `A minibatch that is larger than the data costs what the data cost`() throws {
    let folder = try ImageFolder()
    var configuration = try Self.configuration(folder)
    configuration.batchNormalization = .sync
    configuration.augment = try AugmentationPolicy(parsing: "flip, mixup:0.3")
    configuration.validationFraction = 0.25
    configuration.optimization.batchSize = 27
    let exact = try TrainingRun(configuration, output: nil).train().model.parameters
    // Four minibatches of so many small images are five gigabytes, and the passes need more.
    configuration.optimization.batchSize = 1_000_000
    let isSame = try TrainingRun(configuration, output: nil).train().model.parameters == exact
    #expect(isSame)
  }

  /// A configuration that leaves everything to the program except what would take long.
  static func automatic(_ data: String) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(data: data)
    configuration.optimization.epochs = 2
    configuration.hidden = [24, 12]
    return configuration
  }

  @Test
  func `What the program chooses gives the same bytes for any threads, from a folder or a pack, and resumed`()
    throws
  {
    let bench = try ResumeBench(countPerClass: 14)
    try bench.train(Self.automatic(bench.images.path), "whole")
    let whole = try bench.model("whole")
    for (number, threads) in [(1, 1), (2, 3), (5, 2)].enumerated() {
      var configuration = Self.automatic(bench.images.path)
      configuration.execution.workers = threads.0
      configuration.execution.loaders = threads.1
      configuration.execution.cache = number == 1 ? .off : .bytes(10_000)
      try bench.train(configuration, "\(number)", StopAtEvent(5 + number))
      try bench.resume("\(number)")
      #expect(try bench.model("\(number)") == whole)
    }
    for (name, contents) in [("files", DatasetPacker.Contents.files), ("pixels", .pixels)] {
      let pack = bench.output.file("\(name).pack")
      var packer = DatasetPacker(Self.automatic(bench.images.path))
      packer.contents = contents
      _ = try packer.write(to: pack)
      try bench.train(Self.automatic(pack), name)
      #expect(try bench.model(name) == whole, "\(name)")
    }
  }

  @Test func `Samples that come again give the same bytes for any threads and slots, resumed in mid-epoch`()
    throws
  {
    let bench = try ResumeBench(for: .repeatedSamples)
    let configuration = try ResumeCase.repeatedSamples.configuration(bench.images)
    let events = try bench.train(configuration, "whole")
    let whole = try bench.model("whole")
    for (number, (workers, loaders, queue)) in [(1, 1, 2), (3, 5, 3), (4, 2, 64)].enumerated() {
      var configuration = configuration
      configuration.execution.workers = workers
      configuration.execution.loaders = loaders
      configuration.execution.queue = queue
      for stop in stride(from: 3 + number, to: events.count - 1, by: 3) {
        let name = "\(workers)-\(stop)"
        try bench.train(configuration, name, StopAtEvent(stop))
        try bench.resume(name)
        let isSame = try bench.model(name) == whole
        #expect(isSame, "\(workers) workers, \(loaders) loaders, \(queue) slots, stopped at event \(stop)")
      }
    }
  }

  @Test func `Another seed gives another model`() throws {
    let folder = try ImageFolder()
    var configuration = try Self.configuration(folder)
    let first = try TrainingRun(configuration, output: nil).train().model.parameters
    configuration.seed += 1
    #expect(try TrainingRun(configuration, output: nil).train().model.parameters != first)
  }

  @Test(arguments: BatchNormalizationKind.allCases)
  func `The trainer gives the same weights for any team`(normalization: BatchNormalizationKind) throws {
    var network = NetworkConfiguration(
      inputCount: 20,
      hidden: [
        HiddenLayer(units: 16, activation: .maxout(pieces: 3), dropout: 0.4),
        HiddenLayer(units: 8, activation: .elementwise(.tanh)),
      ], outputCount: 4)
    network.inputDropout = 0.2
    network.batchNormalization = normalization
    var options = OptimizationOptions()
    options.epochs = 3
    options.batchSize = 24
    options.shards = 6
    try expectSameWeights(network, options, samples: 64, workers: Array(1...8))
  }

  /// Each case is tried with and without clipping, since clipping needs the norm of the gradient before the first
  /// update; and with normalisation, where shards meet between the layers.
  @Test(
    arguments: [1, 2, 5, 7],
    [(1, .none), (nil, .none), (nil, .sync)] as [(Double?, BatchNormalizationKind)])
  func `A wide network has the same weights whether workers share its shards or its rows`(
    shards: Int, steps: (clipNorm: Double?, normalization: BatchNormalizationKind)
  ) throws {
    var network = NetworkConfiguration(
      inputCount: 30, hidden: [HiddenLayer(units: 520, dropout: 0.2), HiddenLayer(units: 300)], outputCount: 4
    )
    network.batchNormalization = steps.normalization
    var options = OptimizationOptions()
    options.epochs = 2
    options.batchSize = 20
    options.shards = shards
    options.regularization.clipNorm = steps.clipNorm
    try expectSameWeights(network, options, samples: 40, workers: [1, 2, 3, 8])
  }

  /// One worker sums and steps the gradients tile by tile; several workers do not, since some would be idle if they
  /// shared 40 rows.
  @Test(arguments: [nil, 1]) func `Wide rows have the same weights in tiles or whole`(clipNorm: Double?)
    throws
  {
    let network = NetworkConfiguration(
      inputCount: 2100, hidden: [HiddenLayer(units: 40)], outputCount: 4)
    #expect(Network(network).weightRows[0].tiles == [0..<1040, 1040..<2100])
    var options = OptimizationOptions()
    options.epochs = 2
    options.batchSize = 20
    options.shards = 3
    options.regularization.clipNorm = clipNorm
    options.regularization.maxNorm = 1
    options.regularization.averageDecay = 0.9
    try expectSameWeights(network, options, samples: 40, workers: [1, 2, 3])
  }

  @Test(arguments: [1, 5]) func `Products in bfloat16 have the same weights with instructions and without`(
    shards: Int
  ) throws {
    var network = NetworkConfiguration(
      inputCount: 2100,
      hidden: [
        HiddenLayer(units: 300, dropout: 0.2), HiddenLayer(units: 40, activation: .maxout(pieces: 3)),
      ],
      outputCount: 4)
    network.batchNormalization = .sync
    var options = OptimizationOptions()
    options.epochs = 2
    options.batchSize = 20
    options.shards = shards
    try expectSameWeights(
      network, options, samples: 40, workers: [1, 2, 3], kernels: [.bfloat16, .bfloat16AsFloats])
  }

  /// Trains on random samples with teams of several sizes.
  private func expectSameWeights(
    _ network: NetworkConfiguration, _ options: OptimizationOptions, samples: Int, workers: [Int],
    kernels: [MatrixKernel] = [.fast]
  ) throws {
    var random = KeyedRandom(seed: 5, purpose: .preview)
    let features = (0..<samples * network.inputCount).map { _ in random.normal() }
    let labels = (0..<samples).map { Int32($0 % network.outputCount) }
    var first: [Float]?
    for (workers, kernel) in workers.flatMap({ count in kernels.map { (count, $0) } }) {
      let team = try WorkerTeam(count: workers)
      defer { team.shutdown() }
      let trainer = try Trainer(
        network: Network(network, kernel: kernel), options: options, seed: 3, team: team)
      let source = ArrayMinibatchSource(
        features: features, featureCount: network.inputCount, labels: labels, batchSize: options.batchSize,
        epochs: 0..<options.epochs, seed: 3)
      try trainer.train(on: source, validate: { _ in nil }, observe: { _ in })
      let weights = trainer.step.parameters.values
      let isEqual = weights == first ?? weights
      #expect(isEqual, "\(workers) workers, \(kernel)")
      first = weights
    }
    #expect(first?.allSatisfy(\.isFinite) == true)
  }

  @Test func `A checkpoint's vectors are all that training needs to go on`() throws {
    var random = KeyedRandom(seed: 6, purpose: .preview)
    let features = (0..<48 * 10).map { _ in random.normal() }
    var network = NetworkConfiguration(
      inputCount: 10, hidden: [HiddenLayer(units: 12, dropout: 0.3)], outputCount: 3)
    network.batchNormalization = .sync
    let team = try WorkerTeam(count: 2)
    defer { team.shutdown() }
    var regularization = RegularizationOptions()
    regularization.averageDecay = 0.9
    func makeStep() -> DataParallelStep {
      let built = Network(network)
      return DataParallelStep(
        network: built, parameters: built.initialParameters(seed: 1),
        optimizer: Adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), regularization: regularization, seed: 1,
        capacity: 12, plan: ShardPlan(count: 3), team: team)
    }
    func train(_ step: DataParallelStep, from first: Int, to last: Int) throws {
      let source = ArrayMinibatchSource(
        features: features, featureCount: 10, labels: (0..<48).map { Int32($0 % 3) }, batchSize: 12,
        epochs: first..<last, seed: 1)
      while let minibatch = source.next() {
        _ = try step.run(minibatch, learningRate: 0.01)
        source.release(minibatch)
      }
    }
    let straight = makeStep()
    try train(straight, from: 0, to: 4)
    let first = makeStep()
    try train(first, from: 0, to: 2)
    let second = makeStep()
    second.restore(first.vectors, stepsDone: first.stepsDone)
    try train(second, from: 2, to: 4)
    let isSame = second.vectors == straight.vectors
    #expect(isSame)
  }
}
