import Foundation
import MillraceImages
import MillraceNetwork
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

struct ModelFileTests {
  private func model() throws -> Model {
    let network = NetworkConfiguration(
      inputCount: 12, hidden: [HiddenLayer(units: 5, dropout: 0.25)], outputCount: 2)
    return Model(
      network: network, classes: ["cat", "dög"],
      preprocessing: try Preprocessing(size: ImageSize(width: 2, height: 2), channels: .rgb),
      parameters: Network(network).initialParameters(seed: 1))
  }

  @Test func `A model is read as it was written`() throws {
    let folder = try TemporaryFolder()
    var written = try model()
    written.notes = ["format": "of our own", "a version\n": "3 \"β\""]
    try written.save(to: folder.path + "/m.safetensors")
    let read = try Model(contentsOf: folder.path + "/m.safetensors")
    #expect(read.notes == written.notes)
    #expect(read.network == written.network)
    #expect(read.classes == written.classes)
    #expect(read.preprocessing == written.preprocessing)
    #expect(read.parameters == written.parameters)
  }

  @Test func `A file says in what a network multiplies, but of float32 nothing`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.safetensors"
    let model = try model()
    try model.save(to: path)
    #expect(
      try SafetensorsFile(contentsOf: path).metadata["millrace.network"]?.contains("precision") == false)
    var network = model.network
    network.precision = .bfloat16
    let other = Model(
      network: network, classes: model.classes, preprocessing: model.preprocessing,
      parameters: model.parameters)
    try other.save(to: path)
    let read = try Model(contentsOf: path)
    #expect(read.network == network && read.network.precision == .bfloat16)
    // The weights are Floats, of all their bits.
    #expect(read.parameters == model.parameters && network != model.network)
    network.precision = .float32
    #expect(network == model.network)
  }

  @Test func `A checkpoint is read as it was written, and is a model file`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/c.safetensors"
    let model = try model()
    let vectors = ["parameters": model.parameters, "optimizer.velocity": model.parameters.map { $0 * 2 }]
    try checkpoint(model, vectors).save(to: path)
    let read = try Checkpoint(contentsOf: path)
    #expect(read.state.stepsDone == 42)
    #expect(read.state.progress.position == MinibatchPosition(epoch: 3, minibatch: 1))
    #expect(read.state.seconds == 0.1)
    #expect(read.vectors == vectors)
    #expect(try Model(contentsOf: path).parameters == model.parameters)
  }

  private func checkpoint(_ model: Model, _ vectors: [String: [Float]]) -> Checkpoint {
    var progress = TrainingProgress()
    progress.position = MinibatchPosition(epoch: 3, minibatch: 1)
    return Checkpoint(
      model: model, vectors: vectors,
      state: TrainingState(
        stepsDone: 42, progress: progress, settings: ["seed": "1"],
        training: DatasetIdentity(classes: model.classes, count: 7, fingerprint: .max), epochsTold: 3,
        skipped: [], warned: [], seconds: 0.1))
  }

  @Test func `A bit that flips anywhere is found`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/c.safetensors"
    let model = try model()
    try checkpoint(model, ["optimizer.velocity": model.parameters.map { $0 * 2 }]).save(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for bit in stride(from: 0, to: 8 * bytes.count, by: 13) {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << (bit % 8)
      try damaged.write(to: URL(fileURLWithPath: path))
      #expect(throws: ModelFileError.self, "bit \(bit)") { try Checkpoint(contentsOf: path) }
    }
  }

  @Test func `A model file cut short anywhere is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.safetensors"
    try model().save(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for count in stride(from: 0, to: bytes.count, by: 7) {
      try bytes.prefix(count).write(to: URL(fileURLWithPath: path))
      #expect(throws: ModelFileError.self) { try Model(contentsOf: path) }
    }
  }
}
