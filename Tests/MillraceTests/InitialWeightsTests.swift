import Foundation
import Testing
import _MillraceTestSupport

@testable import Millrace

struct InitialWeightsTests {
  private let network = Network(
    NetworkConfiguration(inputCount: 4, hidden: [HiddenLayer(units: 3)], outputCount: 2))

  /// The network's tensors as another program may have written them: in another order, and others among them.
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
        "its classes are in another order: output 2 is \"10\" there and \"2\" here"
      ),
      (["1", "2", "10", "a", "c"], "it has other classes: output 5 is \"c\" there and \"b\" here"),
      (["1"], "it has other classes: output 2 is not named there and \"2\" here"),
    ] as [([String]?, String?)])
  func `A note says whose outputs they are taken for`(classes: [String]?, words: String?) throws {
    let network = Network(NetworkConfiguration(inputCount: 2, hidden: [], outputCount: 5))
    var file = SafetensorsFile(
      tensors: network.parameters.map {
        .init(
          name: $0.name, shape: $0.description.shape,
          values: .float32([Float](repeating: 1, count: $0.range.count)))
      })
    let json = try classes.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    file.metadata["millrace.classes"] = json
    let folder = try TemporaryFolder()
    try file.write(to: folder.file("w"))
    let notice = try InitialWeights(contentsOf: folder.file("w"), for: network).notices(
      for: ["1", "2", "10", "a", "b"]
    ).first
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

    // Steps too small to change a bit.
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
