import Foundation
import MillraceImages
import MillraceNetwork
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

struct InitialWeightsTests {
  private let network = Network(
    NetworkConfiguration(inputCount: 4, hidden: [HiddenLayer(units: 3)], outputCount: 2))

  /// The network's tensors as another program may have written them: in another order, and with others among them.
  private func tensors() -> [SafetensorsFile.Tensor] {
    let values = network.initialParameters(seed: 9)
    let own = network.parameters.map {
      SafetensorsFile.Tensor(
        name: $0.name, shape: $0.description.shape, values: .float32(Array(values[$0.range])))
    }
    return own.reversed() + [SafetensorsFile.Tensor(name: "steps", shape: [1], values: .int64([3]))]
  }

  private func read(_ tensors: [SafetensorsFile.Tensor]) throws -> [Float] {
    let folder = try TemporaryFolder()
    let path = folder.file("w.safetensors")
    try SafetensorsFile(tensors: tensors).write(to: path)
    return try network.parameters(contentsOf: path)
  }

  @Test func `Weights are taken by their names`() throws {
    #expect(try read(tensors()) == network.initialParameters(seed: 9))
  }

  @Test(arguments: [BatchNormalizationKind.none, .sync], [0.0, 0.3])
  func `Layers that are left to the program are those of the file`(
    kind: BatchNormalizationKind, dropout: Double
  ) throws {
    let images = try ImageFolder(countPerClass: 24)
    let folder = try TemporaryFolder()
    var configuration = TrainingConfiguration(data: images.path)
    configuration.imageSize = ImageSize(width: 4, height: 4)
    (configuration.channels, configuration.hidden) = (.gray, [3])
    configuration.optimization.epochs = 1
    var written = configuration
    (written.batchNormalization, written.dropout) = (kind, [dropout])
    let classes = try TrainingData(configuration).training.classes.count
    let network = Network(written.network(classes: classes))
    let values = network.initialParameters(seed: 9)
    try SafetensorsFile(
      tensors: network.parameters.map {
        .init(name: $0.name, shape: $0.description.shape, values: .float32(Array(values[$0.range])))
      }
    ).write(to: folder.file("w.safetensors"))
    configuration.initialWeights = folder.file("w.safetensors")
    let run = try TrainingRun(configuration, output: nil)
    #expect(run.configuration.batchNormalization == kind)
    #expect((run.configuration.dropout == [0]) == (dropout == 0))
    configuration.initialWeights = nil
    #expect(try TrainingRun(configuration, output: nil).configuration.batchNormalization == .sync)
  }

  @Test(arguments: ["missing", "shape", "type", "infinite"])
  func `What does not fit is refused by name`(problem: String) throws {
    var tensors = tensors()
    let index = try #require(tensors.firstIndex { $0.name == "1.dense.bias" })
    let (name, words): (String, String) =
      switch problem {
      case "missing": ("fc2.bias", "no tensor of that name among")
      case "shape": ("1.dense.bias", "found F32 [1, 2], expected 1.dense.bias of F32 [2]")
      case "type": ("1.dense.bias", "found F64 [2]")
      default: ("1.dense.bias", "infinite")
      }
    tensors[index] = SafetensorsFile.Tensor(
      name: name, shape: problem == "shape" ? [1, 2] : [2],
      values: problem == "type" ? .float64([1, 2]) : .float32([1, problem == "infinite" ? .infinity : 2]))
    let error = #expect(throws: ModelFileError.self) { try read(tensors) }
    let message = "\(try #require(error))"
    #expect(message.contains(words) && message.contains("1.dense.bias"), "\(message)")
  }

  @Test func `A weight of a type that is not read is named with it`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.put(
      SafetensorsTests.file(
        header: #"{"0.dense.weight":{"dtype":"BF16","shape":[3,4],"data_offsets":[0,24]}}"#, dataCount: 24),
      at: "w.safetensors")
    let error = #expect(throws: ModelFileError.self) { try network.parameters(contentsOf: path) }
    let message = "\(try #require(error))"
    #expect(message.contains(#"found "BF16" [3, 4], expected 0.dense.weight of F32 [3, 4]"#), "\(message)")
  }

  @Test(
    arguments: [
      (nil, "natural order (2 before 10): \"1\", \"2\", \"10\", \"a\", …"),
      (["1", "2", "10", "a", "b"], nil),
      (
        ["1", "10", "2", "a", "b"],
        "its classes are in another order; the units of its last layer are put into that of the data"
      ),
      (
        ["1", "2", "10", "a", "c"],
        "it has other classes (\"1\", \"2\", \"10\", \"a\", …); all layers are taken but the last"
      ),
      (["1"], "it has other classes (\"1\"); all layers are taken but the last"),
    ] as [([String]?, String?)])
  func `The last layer is that of the file where its classes are, and a note says what becomes of it`(
    classes: [String]?, words: String?
  ) throws {
    let trained = ["1", "2", "10", "a", "b"]
    func network(_ outputs: Int) -> Network {
      Network(NetworkConfiguration(inputCount: 2, hidden: [HiddenLayer(units: 3)], outputCount: outputs))
    }
    let (source, network) = (network(classes?.count ?? 5), network(5))
    let values = source.initialParameters(seed: 3).indices.map { Float($0) }
    var file = SafetensorsFile(
      tensors: source.parameters.map {
        .init(name: $0.name, shape: $0.description.shape, values: .float32(Array(values[$0.range])))
      })
    let json = try classes.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    file.metadata["millrace.classes"] = json
    let folder = try TemporaryFolder()
    try file.write(to: folder.file("w"))
    let weights = try InitialWeights(contentsOf: folder.file("w"), for: network, classes: trained, seed: 7)
    let notice = weights.notices(for: trained).first
    let first = network.parameters.filter { $0.name.hasPrefix("0.") }
    #expect(first.allSatisfy { Array(weights.parameters[$0.range]) == Array(values[$0.range]) })
    let fresh = network.initialParameters(seed: 7)
    for (name, width) in [("1.dense.weight", 3), ("1.dense.bias", 1)] {
      let range = try #require(network.parameters.first { $0.name == name }).range
      let there = try #require(source.parameters.first { $0.name == name }).range
      for (unit, label) in trained.enumerated() {
        let begin = range.lowerBound + unit * width
        let own = Array(weights.parameters[begin..<begin + width])
        if let classes, Set(classes) != Set(trained) {
          #expect(own == Array(fresh[begin..<begin + width]))
        } else {
          let place = there.lowerBound + (classes?.firstIndex(of: label) ?? unit) * width
          #expect(own == Array(values[place..<place + width]), "\(label)")
        }
      }
    }
    if let words {
      #expect(notice?.contains(words) == true, "\(notice ?? "none")")
    } else {
      #expect(notice == nil)
    }
  }

  @Test func `A refit that would begin with other weights than the run did is refused`() throws {
    let images = try ImageFolder(countPerClass: 8)
    let output = try TemporaryFolder()
    var configuration = TrainingConfiguration.plain(images.path)
    configuration.imageSize = ImageSize(width: 5, height: 5)
    configuration.hidden = [4]
    configuration.optimization.epochs = 2
    configuration.optimization.batchSize = 6
    for seed in 1...2 {
      configuration.seed = UInt64(seed)
      try TrainingRun(configuration, output: output.path, name: "weights-\(seed)").train()
    }
    configuration.initialWeights = output.file("w.safetensors")
    configuration.optimization.refits = true
    func put(_ seed: Int) throws {
      let model = RunFolder(path: output.file("weights-\(seed)")).model
      _ = try output.put(try Array(Data(contentsOf: URL(filePath: model))), at: "w.safetensors")
    }
    try put(1)
    let run = try TrainingRun(configuration, output: output.path, name: "run")
    #expect(throws: StopAtEvent.Stop.self) { try run.train(observers: [StopInEpoch(1)]) }
    try put(2)
    let error = #expect(throws: ResumeError.self) { try TrainingRun(resuming: output.file("run")) }
    #expect(error == .initialWeightsDiffer(path: output.file("run"), file: output.file("w.safetensors")))
    try put(1)
    try TrainingRun(resuming: output.file("run")).train()
  }

  @Test func `A run begins with them, resumes without them, and refits with them`() throws {
    let images = try ImageFolder(countPerClass: 8)
    let output = try TemporaryFolder()
    var configuration = TrainingConfiguration.plain(images.path)
    configuration.imageSize = ImageSize(width: 5, height: 5)
    configuration.hidden = [4]
    configuration.optimization.epochs = 2
    configuration.optimization.batchSize = 6
    let first = try TrainingRun(configuration, output: output.path, name: "first").train().model

    // The steps are too small to change a bit.
    configuration.initialWeights = output.file("first")
    configuration.optimization.learningRate = 1e-30
    configuration.optimization.regularization = RegularizationOptions()
    for refits in [false, true] {
      configuration.optimization.refits = refits
      let run = try TrainingRun(configuration, output: output.path, name: "second-\(refits)")
      #expect(run.configuration.recipe["init-weights"] == nil)
      let isSame = try run.train().model.parameters == first.parameters
      #expect(isSame)
    }

    configuration.optimization.refits = false
    _ = try? TrainingRun(configuration, output: output.path, name: "stopped").train(observers: [
      StopAtEvent(6)
    ])
    try FileManager.default.moveItem(atPath: output.file("first"), toPath: output.file("moved"))
    let isSame =
      try TrainingRun(resuming: output.file("stopped")).train().model.parameters == first.parameters
    #expect(isSame)
    #expect(throws: ModelFileError.self) { try TrainingRun(configuration, output: output.path, name: "none") }
    #expect(!FileManager.default.fileExists(atPath: output.file("none")))
  }
}
